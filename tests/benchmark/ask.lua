-- For wrk: asks what a file says, again and again; where NUMBER stands in it, with another number each time.
-- Arguments: the file, NUMBER, the first number.

local before, after, number, digits

function init(arguments)
   local file = assert(io.open(arguments[1], "rb"))
   local request = file:read("*a")
   file:close()
   local first, last = string.find(request, arguments[2], 1, true)
   before = first and request:sub(1, first - 1) or request
   after = last and request:sub(last + 1)
   number = tonumber(arguments[3])
   digits = "%0" .. #arguments[2] .. "d"
end

function request()
   if not after then
      return before
   end
   number = number + 1
   return before .. digits:format(number) .. after
end

function done(summary, latency, requests)
   local errors = summary.errors
   local broken = errors.connect + errors.read + errors.write + errors.timeout
   io.write(("DONE %d %d %d %d\n"):format(summary.requests, summary.duration, errors.status, broken))
end

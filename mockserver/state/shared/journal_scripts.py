"""What Redis does at once and whole of the journal; `scripts` tells how.

An entry is a hash under the name of its exchange. A sorted set has all of them, and one those of each key,
by their numbers; a hash has what each weighs, when it began and of which key it is; a set of each key has
those that are open.
"""

from __future__ import annotations

from mockserver.state.shared.scripts import MAPS, Script

_JOURNAL = """
local all, meta = P .. 'j:all', P .. 'j:meta'
local function weigh(uid, kd, weight, at)
  local known = call('HGET', meta, uid)
  if known then
    local before, begun = known:match('^(%d+) (%d+) ')
    call('HINCRBY', meta, '', weight - before)
    at = begun
  else
    call('HINCRBY', meta, '', weight)
  end
  call('HSET', meta, uid, weight .. ' ' .. at .. ' ' .. kd)
end
local function remove(uid)
  local known = call('HGET', meta, uid)
  if not known then return 0 end
  local weight, _, kd = known:match('^(%d+) (%d+) (%x+)$')
  call('HINCRBY', meta, '', -weight)
  call('HDEL', meta, uid)
  call('ZREM', all, uid)
  call('ZREM', P .. 'j:k:' .. kd, uid)
  call('DEL', P .. 'j:e:' .. uid)
  call('SREM', P .. 'j:o:' .. kd, uid)
  return 1
end
local function milliseconds()
  local now = call('TIME')
  return now[1] * 1000 + math.floor(now[2] / 1000)
end
local function is_old(uid, now)
  local known = call('HGET', meta, uid)
  return not known or now - known:match('^%d+ (%d+) ') > tonumber(TTL)
end
local function trim(now)
  while true do
    local oldest = call('ZRANGE', all, 0, 0)[1]
    if not oldest then return end
    if not (call('ZCARD', all) > @entries
      or tonumber(call('HGET', meta, '') or '0') > @entries_weight or is_old(oldest, now)) then return end
    if remove(oldest) == 0 then call('ZREM', all, oldest) end
  end
end
local function change(uid, kd, number)
  local count = call('INCR', P .. 'j:changes')
  call('HSET', P .. 'j:e:' .. uid, 'c', count)
  call('PUBLISH', P .. 'j', number .. ' ' .. kd)
  return count
end
"""

OPEN = Script(
    MAPS
    + _JOURNAL
    + """
local uid, kd, weight, text, body, rest = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local entry = P .. 'j:e:' .. uid
if call('HEXISTS', meta, uid) == 1 then return call('HMGET', entry, 'n', 'c') end
local now = milliseconds()
local number = call('INCR', P .. 'j:numbers')
call('HSET', entry, 'n', number, 'o', text, 'b', body)
if rest ~= '' then
  call('HSET', entry, 'x', rest)
else
  call('SADD', P .. 'j:o:' .. kd, uid)
  lasts(P .. 'j:o:' .. kd)
end
call('ZADD', all, number, uid)
call('ZADD', P .. 'j:k:' .. kd, number, uid)
weigh(uid, kd, weight, string.format('%.0f', now))
local count = change(uid, kd, number)
lasts(all, meta, P .. 'j:k:' .. kd, entry, P .. 'j:changes', P .. 'j:numbers')
trim(now)
return {number, count}
"""
)
"""Open an entry, once; its number and that of the change."""

CLOSE = Script(
    MAPS
    + _JOURNAL
    + """
local uid, kd, weight, rest, whole = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local turns = P .. 'k:' .. kd .. ':turns'
if whole == '1' and call('HEXISTS', turns, uid) == 1 then
  call('HSET', turns .. ':whole', uid, '1')
  lasts(turns .. ':whole')
end
if call('HEXISTS', meta, uid) == 0 then return 0 end
call('HSET', P .. 'j:e:' .. uid, 'x', rest)
call('SREM', P .. 'j:o:' .. kd, uid)
weigh(uid, kd, weight, '0')
change(uid, kd, call('HGET', P .. 'j:e:' .. uid, 'n'))
if tonumber(call('HGET', meta, '')) > @entries_weight then trim(milliseconds()) end
return 1
"""
)

WITHDRAW = Script(MAPS + _JOURNAL + "return remove(ARGV[3])")

CLEAR = Script(
    MAPS
    + _JOURNAL
    + """
for _, uid in ipairs(call('ZRANGE', P .. 'j:k:' .. ARGV[3], 0, -1)) do remove(uid) end
return 1
"""
)

ALL = (OPEN, CLOSE, WITHDRAW, CLEAR)

"""What Redis does at once and whole, in its own language: one script for each act on the shared state.

Every script is given the prefix of all names and, in milliseconds, how long what it touches is kept. Maps are
bounded as those in memory are (`mockserver.store`): a map is a hash, with the fields by their last use in a
sorted set beside it, and their weights in another hash. Redis runs one script at a time.
"""

from __future__ import annotations

import re
from hashlib import sha1

from mockserver.state.memory import ATTEMPTS, SIGHTINGS, STORED, STORED_BYTES
from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is kept at most: as in memory, but for more keys. The scripts name these as `@name`."""

    keys: int = 10_000
    sightings: int = SIGHTINGS
    attempts: int = ATTEMPTS
    stored: int = STORED
    stored_weight: int = STORED_BYTES
    turns: int = 10_000
    turns_weight: int = 8 * 1024 * 1024
    same_place: int = 8
    entries: int = 10_000
    entries_weight: int = 32 * 1024 * 1024


DEFAULT = Bounds()


@dataclass(frozen=True, slots=True)
class Script:
    text: str

    def within(self, bounds: Bounds) -> str:
        """The script with its bounds."""
        return re.sub(r"@(\w+)", lambda found: str(getattr(bounds, found[1])), self.text)


def digest(text: str) -> str:
    """What Redis knows a script by."""
    return sha1(text.encode(), usedforsecurity=False).hexdigest()


MAPS = """
local P, TTL = ARGV[1], ARGV[2]
local call = redis.call
local function lasts(...)
  for _, name in ipairs({...}) do call('PEXPIRE', name, TTL) end
end
local function drop(map, field)
  local weight = call('HGET', map .. ':weights', field)
  if weight then
    call('HDEL', map .. ':weights', field)
    call('HINCRBY', map .. ':weights', '', -weight)
  end
  call('ZREM', map .. ':used', field)
  call('HDEL', map .. ':whole', field)
  return call('HDEL', map, field)
end
local function use(map, field)
  call('ZADD', map .. ':used', call('INCR', P .. 'uses'), field)
  lasts(map, map .. ':used')
end
local function bound(map, limit, heaviest, dropped)
  while call('ZCARD', map .. ':used') > limit
    or (heaviest > 0 and tonumber(call('HGET', map .. ':weights', '') or '0') > heaviest) do
    local oldest = call('ZRANGE', map .. ':used', 0, 0)[1]
    if not oldest then break end
    drop(map, oldest)
    if dropped then dropped(oldest) end
  end
end
local function put(map, field, value, weight, limit, heaviest, dropped)
  call('HSET', map, field, value)
  if heaviest > 0 then
    weight = tonumber(weight)
    local before = tonumber(call('HGET', map .. ':weights', field) or '0')
    call('HSET', map .. ':weights', field, weight)
    call('HINCRBY', map .. ':weights', '', weight - before)
    lasts(map .. ':weights')
  end
  use(map, field)
  bound(map, limit, heaviest, dropped)
end
local function unstore(field)
  local kd, name = field:match('^(%x+) (.*)$')
  call('ZREM', P .. 'k:' .. kd .. ':stored', name)
end
local function reset(kd)
  local k = P .. 'k:' .. kd
  for _, name in ipairs(call('ZRANGE', k .. ':stored', 0, -1)) do drop(P .. 'stored', kd .. ' ' .. name) end
  for _, map in ipairs({'seen', 'attempts', 'turns', 'places', 'names'}) do
    local name = k .. ':' .. map
    call('DEL', name, name .. ':used', name .. ':weights', name .. ':whole')
  end
  call('DEL', k .. ':stored', k .. ':limits', k .. ':played', k .. ':sources')
  call('HDEL', P .. 'setups', kd)
  call('ZREM', P .. 'keys', kd)
end
local function live(kd)
  local keys = P .. 'keys'
  call('ZADD', keys, call('INCR', P .. 'uses'), kd)
  lasts(keys, P .. 'uses')
  while call('ZCARD', keys) > @keys do reset(call('ZRANGE', keys, 0, 0)[1]) end
end
"""

GREET = Script(
    MAPS
    + """
call('SET', P .. 'epoch', ARGV[3], 'NX')
return {call('GET', P .. 'epoch'), call('HGETALL', P .. 'setups')}
"""
)
"""What is set up, and the name of all that is kept: it is another one once Redis has lost what it had."""

SEEN = Script(
    MAPS
    + """
local kd, fingerprint, epoch = ARGV[3], ARGV[4], ARGV[5]
local k = P .. 'k:' .. kd
local seen = call('HINCRBY', k .. ':seen', fingerprint, 1)
use(k .. ':seen', fingerprint)
bound(k .. ':seen', @sightings, 0)
live(kd)
local setup = call('HGET', P .. 'setups', kd) or ''
if setup ~= '' then
  lasts(P .. 'setups', P .. 's:' .. setup:match('^%d+'), k .. ':sources')
end
call('SET', P .. 'epoch', epoch, 'NX')
lasts(P .. 'epoch')
local opened = P .. 'j:o:' .. kd
local open = call('SCARD', opened) <= 2 and call('SMEMBERS', opened) or {}
return {seen, setup, call('GET', P .. 'epoch'), open}
"""
)
"""How often something was seen; how the key is set up, whether all is still as it was, and which exchanges of
the key are open, if they are few.
"""

COUNT = Script(
    MAPS
    + """
local attempts = P .. 'k:' .. ARGV[3] .. ':attempts'
local number = call('HINCRBY', attempts, ARGV[4], ARGV[5])
use(attempts, ARGV[4])
bound(attempts, @attempts, 0)
call('SET', P .. 'c:' .. ARGV[6], number, 'PX', 60000)
return number
"""
)

UNCOUNT = Script(
    MAPS
    + """
local attempts, once = P .. 'k:' .. ARGV[3] .. ':attempts', P .. 'c:' .. ARGV[6]
local counted = call('GET', once)
call('DEL', once)
if not counted or call('HGET', attempts, ARGV[4]) ~= counted then return 0 end
return call('HINCRBY', attempts, ARGV[4], -ARGV[5])
"""
)
"""Take back what was counted for a request that could not be answered, unless others have counted on."""

SET_UP = Script(
    MAPS
    + """
local kd, key, expected, text = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local setups, now = P .. 'setups', ''
now = call('HGET', setups, kd) or '0 '
if now:match('^%d+') ~= expected then return 0 end
live(kd)
local version = call('INCR', P .. 'versions')
call('SET', P .. 's:' .. version, text, 'PX', TTL)
call('HSET', setups, kd, version .. ' ' .. key)
for at = 7, #ARGV, 2 do
  call('HSET', P .. 'k:' .. kd .. ':sources', ARGV[at], ARGV[at + 1])
end
lasts(setups, P .. 'versions', P .. 'k:' .. kd .. ':sources')
call('PUBLISH', P .. 's', version .. ' ' .. kd)
return version
"""
)
"""Set a key up if nobody has done so in between: the version, or 0. Sources follow in pairs."""

RESET = Script(
    MAPS
    + """
reset(ARGV[3])
call('PUBLISH', P .. 's', '0 ' .. ARGV[3])
return 1
"""
)

KEEP = Script(
    MAPS
    + """
local kd, name, text = ARGV[3], ARGV[4], ARGV[5]
local names = P .. 'k:' .. kd .. ':stored'
if #text > @stored_weight then
  drop(P .. 'stored', kd .. ' ' .. name)
  call('ZREM', names, name)
  return 0
end
if call('ZSCORE', names, name) then
  call('PUBLISH', P .. 't', kd .. ' ' .. name)
else
  call('ZADD', names, call('INCR', P .. 'uses'), name)
end
put(P .. 'stored', kd .. ' ' .. name, text, #text, @stored, @stored_weight, unstore)
lasts(names)
return 1
"""
)

RECALL = Script(
    MAPS
    + """
local field = ARGV[3] .. ' ' .. ARGV[4]
local text = call('HGET', P .. 'stored', field)
if text then
  use(P .. 'stored', field)
  lasts(P .. 'stored:weights', P .. 'k:' .. ARGV[3] .. ':stored')
end
return text
"""
)

FORGET = Script(
    MAPS
    + """
call('ZREM', P .. 'k:' .. ARGV[3] .. ':stored', ARGV[4])
return drop(P .. 'stored', ARGV[3] .. ' ' .. ARGV[4])
"""
)

CHARGE = Script(
    MAPS
    + """
local limits, expected = P .. 'k:' .. ARGV[3] .. ':limits', ARGV[4]
local now = call('HMGET', limits, 'version', 'text')
if (now[1] or '0') ~= expected then return {0, now[1] or '0', now[2] or ''} end
call('HSET', limits, 'version', expected + 1, 'text', ARGV[5])
lasts(limits)
return {1, tostring(expected + 1), ''}
"""
)
"""Keep how far limits are used up, if nobody has changed it in between; else what it is now."""

PLAYED = Script(
    MAPS
    + """
local played = P .. 'k:' .. ARGV[3] .. ':played'
local before = (call('HGET', played, ARGV[4]) or '0'):match('^%d+')
call('HSET', played, ARGV[4], math.max(before, ARGV[5]) .. ' ' .. ARGV[6])
lasts(played)
return 1
"""
)

REMEMBER = Script(
    MAPS
    + """
local k, uid, place, parts, letters = P .. 'k:' .. ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
put(k .. ':turns', uid, parts, letters, @turns, @turns_weight)
local kept = {uid}
for other in (call('HGET', k .. ':places', place) or ''):gmatch('%S+') do
  local said = call('HGET', k .. ':turns', other)
  if said and said ~= parts and other ~= uid and #kept < @same_place then kept[#kept + 1] = other end
end
put(k .. ':places', place, table.concat(kept, ' '), 0, @turns, 0)
for at = 8, #ARGV do put(k .. ':names', ARGV[at], uid, 0, @turns, 0) end
return 1
"""
)
"""Remember a turn of the assistant by its place and by the ids in it."""

SAID = Script(
    MAPS
    + """
local k, found, turns = P .. 'k:' .. ARGV[3], {}, {}
local function take(uid)
  if turns[uid] == nil then
    turns[uid] = call('HGET', k .. ':turns', uid)
    if turns[uid] then
      use(k .. ':turns', uid)
      found[#found + 1] = uid
      found[#found + 1] = call('HGET', k .. ':turns:whole', uid) or '0'
      found[#found + 1] = turns[uid]
    end
  end
end
local places, names = {}, {}
for at = 5, 4 + ARGV[4] do
  local kept = call('HGET', k .. ':places', ARGV[at]) or ''
  places[#places + 1] = kept
  for uid in kept:gmatch('%S+') do take(uid) end
end
for at = 5 + ARGV[4], #ARGV do
  local uid = call('HGET', k .. ':names', ARGV[at]) or ''
  names[#names + 1] = uid
  if uid ~= '' then take(uid) end
end
return {places, names, found}
"""
)
"""What was said at places and under names."""

ALL = (GREET, SEEN, COUNT, UNCOUNT, SET_UP, RESET, KEEP, RECALL, FORGET, CHARGE, PLAYED, REMEMBER, SAID)

-- What wrk sends. Arguments: method, bytes of body, kind of body (bytes or json), header fields beside Host, requests in a row.
function init(args)
  local method, size, kind = args[1], tonumber(args[2]), args[3]
  local fields, row = tonumber(args[4]), tonumber(args[5])
  local headers = {}
  for i = 1, fields do headers["x-field-" .. i] = "a value of some length " .. i end
  local body = nil
  if size > 0 then
    if kind == "json" then
      local items = {}
      for i = 1, math.floor(size / 32) do items[i] = string.format('{"id":%8d,"name":"item %6d"}', i, i) end
      body = '{"items":[' .. table.concat(items, ",") .. "]}"
      headers["Content-Type"] = "application/json"
    else
      body = string.rep("x", size)
    end
  end
  local one = wrk.format(method, nil, headers, body)
  sent = string.rep(one, row)
end

function request()
  return sent
end

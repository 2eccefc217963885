-- Checks out named products. Arguments: a file of tokens, a file of product ids, lines per order.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

function init(args)
  tokens, products, lines, at = read_lines(args[1]), read_lines(args[2]), tonumber(args[3]), 0
end

function request()
  at = at + 1
  local headers = {
    ["Authorization"] = "Bearer " .. tokens[at % #tokens + 1],
    ["Content-Type"] = "application/json",
  }
  local items = {}
  for n = 1, lines do
    items[n] = '{"productId":"' .. products[(at * 7 + n) % #products + 1] .. '","quantity":1}'
  end
  return wrk.format("POST", "/api/v1/orders", headers, '{"items":[' .. table.concat(items, ",") .. "]}")
end

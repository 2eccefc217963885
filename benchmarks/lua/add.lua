-- Adds products to carts. Arguments: a file of tokens, a file of product ids.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

function init(args)
  tokens, products, at = read_lines(args[1]), read_lines(args[2]), 0
end

function request()
  at = at + 1
  local headers = {
    ["Authorization"] = "Bearer " .. tokens[at % #tokens + 1],
    ["Content-Type"] = "application/json",
  }
  local body = '{"productId":"' .. products[at * 7 % #products + 1] .. '","quantity":1}'
  return wrk.format("POST", "/api/v1/cart/items", headers, body)
end

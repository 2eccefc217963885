-- Add to the cart, check out, pay: each buyer one step after another. Arguments: tokens, product ids.
-- wrk does not say which request an answer belongs to; the request id, which the shop gives back, does.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

local waiting, first, last = {}, 1, 0
local step, order = {}, {}

function init(args)
  tokens, products = read_lines(args[1]), read_lines(args[2])
  for buyer = 1, #tokens do
    step[buyer], last = "add", last + 1
    waiting[last] = buyer
  end
end

local function wish(buyer)
  if step[buyer] == "add" then
    return "/api/v1/cart/items", '{"productId":"' .. products[last % #products + 1] .. '","quantity":1}'
  elseif step[buyer] == "checkout" then
    return "/api/v1/checkout", "{}"
  end
  return "/api/v1/payments", '{"orderId":"' .. order[buyer] .. '","method":"UPI"}'
end

function request()
  local buyer = waiting[first]
  waiting[first], first = nil, first + 1
  local path, body = wish(buyer)
  local headers = {
    ["Authorization"] = "Bearer " .. tokens[buyer],
    ["Content-Type"] = "application/json",
    ["X-Request-Id"] = tostring(buyer),
  }
  return wrk.format("POST", path, headers, body)
end

function response(status, headers, body)
  local buyer = tonumber(headers["x-request-id"])
  if step[buyer] == "add" then
    step[buyer] = "checkout"
  elseif step[buyer] == "checkout" and status < 300 then
    step[buyer], order[buyer] = "pay", body:match('"orderId":"([^"]+)"')
  else
    step[buyer] = "add"
  end
  last = last + 1
  waiting[last] = buyer
end

-- GETs the paths of a file in turn. Arguments: the file, the Accept header (or -).
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "report.lua")

function init(args)
  paths, at = read_lines(args[1]), 0
  headers = args[2] ~= "-" and { ["Accept"] = args[2] } or {}
end

function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at], headers)
end

-- What wrk has measured, as one line of JSON. Without a `request` function, Lua costs nothing while the load runs.

function done(summary, latency)
  local format = '{"requests":%d,"durationUs":%d,"generatorCpuSeconds":%.3f,' ..
    '"latencyUs":{"p50":%d,"p90":%d,"p99":%d,"max":%d},' ..
    '"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\n'
  local errors = summary.errors
  io.write(string.format(format,
    summary.requests, summary.duration, os.clock(),
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max,
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end

-- Asks the gateway whether a request may pass: http-request lua.traylinx-auth http://gateway:8080/v1/auth
-- Nothing is kept: an answer holds for one request. HAProxy 2.6 or later, built with Lua.

-- The gateway answers within 2 s, if only to say that it does not know.
local TIMEOUT_MS = 3000
local IDENTITY = { 'x-auth-project-id', 'x-auth-key-id', 'x-auth-key-expires-at' }
local PASSED_ON = { 'www-authenticate', 'retry-after', 'content-type', 'cache-control', 'x-request-id' }
local REFUSALS = { [401] = true, [403] = true, [429] = true }
local UNAVAILABLE = '{"status":503,"code":"unavailable","title":"It cannot be known or done at the moment"}'

-- Both kinds of tables of headers begin with 0.
local function first(headers, name)
    local values = headers[name]
    if type(values) == 'table' then
        return values[0] or values[1]
    end
    return values
end

local function answer(txn, status, headers, body)
    local reply = txn:reply({ status = status })
    for name, value in pairs(headers) do
        reply:add_header(name, value)
    end
    reply:set_body(body)
    txn:done(reply)
end

local function ask(txn, url)
    local headers = {}
    -- All of them: of two, the gateway must see two.
    for _, name in ipairs({ 'authorization', 'x-request-id' }) do
        local values = txn.http:req_get_headers()[name]
        if values ~= nil then
            local list = {}
            for i = 0, #values do
                list[#list + 1] = values[i]
            end
            headers[name] = list
        end
    end
    headers['x-forwarded-for'] = { txn.f:src() }
    return core.httpclient():get({ url = url, headers = headers, timeout = TIMEOUT_MS })
end

core.register_action('traylinx-auth', { 'http-req' }, function(txn, url)
    local called, response = pcall(ask, txn, url)
    local status = called and response and response.status or 0
    if status == 200 then
        for _, name in ipairs(IDENTITY) do
            txn.http:req_set_header(name, first(response.headers, name) or '')
        end
        -- The key ends here.
        txn.http:req_del_header('authorization')
        return
    end
    if not REFUSALS[status] then
        answer(txn, 503, { ['content-type'] = 'application/problem+json', ['retry-after'] = '1' }, UNAVAILABLE)
        return
    end
    local headers = {}
    for _, name in ipairs(PASSED_ON) do
        headers[name] = first(response.headers, name)
    end
    answer(txn, status, headers, response.body or '')
end, 1)

-- Opens the current buffer with `rooflint lsp --stdio` and prints what comes back, one line each. Written for Neovim 0.7.
local function out(line) io.stdout:write(line .. '\n') end
local function fail(why) out('FAIL ' .. why); vim.cmd('cquit 1') end
local function one_line(text) return (text:gsub('%s+', ' ')) end

local buffer = vim.api.nvim_get_current_buf()
vim.bo[buffer].filetype = 'sh'
local settings = { rooflint = { cluster = { gpu = 'nvidia-h100-sxm-80gb' } } }
local client = vim.lsp.start_client({
  name = 'rooflint',
  cmd = { 'node', 'dist/cli.js', 'lsp', '--stdio' },
  root_dir = vim.fn.expand('%:p:h'),
  on_init = function(started) started.notify('workspace/didChangeConfiguration', { settings = settings }) end,
})
if not client then fail('the server did not start') end
vim.lsp.buf_attach_client(buffer, client)
if not vim.wait(20000, function() return #vim.diagnostic.get(buffer) > 0 end, 50) then fail('no diagnostic came') end

for _, found in ipairs(vim.diagnostic.get(buffer)) do
  local rule = tostring(found.code or (found.user_data and found.user_data.lsp and found.user_data.lsp.code))
  out(string.format('DIAG %d:%d sev=%d [%s] %s', found.lnum + 1, found.col + 1, found.severity, rule, one_line(found.message)))
end

local function ask(method, more)
  local params = vim.tbl_extend('force', { textDocument = vim.lsp.util.make_text_document_params(buffer) }, more or {})
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 20000)
  local answer = answers and answers[client]
  if not answer or answer.err or not answer.result then fail(method .. ' was not answered: ' .. vim.inspect(answer)) end
  return answer.result
end

-- Line 8 of the script is "TP=4".
out('HOVER ' .. one_line(ask('textDocument/hover', { position = { line = 7, character = 3 } }).contents.value))
for _, lens in ipairs(ask('textDocument/codeLens')) do out('LENS ' .. one_line(lens.command.title)) end

vim.lsp.stop_client(client)
vim.cmd('qall!')

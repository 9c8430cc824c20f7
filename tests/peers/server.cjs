// co-wechat as a second server: echoes texts. Usage: node server.cjs TOKEN APPID AESKEY ("" for plain). Prints its port.
const Koa = require('koa');
const wechat = require('co-wechat');

const [token, appid, encodingAESKey] = process.argv.slice(2);
const config = encodingAESKey ? { token, appid, encodingAESKey } : { token, appid };
const app = new Koa();
app.silent = true;
app.use(wechat(config).middleware(async (message) => (message.MsgType === 'event' ? '' : `echo:${message.Content || message.MsgType}`)));
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));

// wechat-api drives an API. Usage: node client.cjs ENDPOINT APPID SECRET OPENID OPENID. Prints one JSON object of results by call.
const WechatAPI = require('wechat-api');

const [endpoint, appid, secret, openid, other] = process.argv.slice(2);
const api = new WechatAPI(appid, secret);
api.endpoint = endpoint;
api.prefix = `${endpoint}/cgi-bin/`;
const ask = (name, ...args) => new Promise((resolve) => {
  api[name](...args, (error, result) => resolve(error ? { errcode: error.code, message: String(error.message) } : result));
});

(async () => {
  const menu = { button: [{ type: 'click', name: '报修', key: 'repair.report' }] };
  const results = {};
  results.getAccessToken = await ask('getAccessToken');
  results.createMenu = await ask('createMenu', menu);
  results.getMenu = await ask('getMenu');
  results.createTmpQRCode = await ask('createTmpQRCode', 7, 60);
  results.createLimitQRCode = await ask('createLimitQRCode', 8);
  results.sendTemplate = await ask('sendTemplate', openid, 'demo-notice', 'http://127.0.0.1/p', '#000000',
    { thing1: { value: '明天停水' }, time2: { value: '2026-03-11 10:00' } });
  results.sendText = await ask('sendText', openid, '您好 😀 ]]>');
  results.getFollowers = await ask('getFollowers');
  results.getUser = await ask('getUser', openid);
  results.createTag = await ask('createTag', '三栋');
  results.massSendText = await ask('massSendText', '明天停水', [openid, other]);
  console.log(JSON.stringify(results));
})();

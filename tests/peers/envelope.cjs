// Opens and seals envelopes with the npm packages. In: one JSON case a line. Out: one JSON answer a line.
const WechatCrypto = require('wechat-crypto');
const wecom = require('@wecom/crypto');
const readline = require('node:readline');

const libraries = {
  'wechat-crypto': ({ token, key, appid }) => {
    const crypto = new WechatCrypto(token, key, appid);
    return {
      sign: (timestamp, nonce, encrypted) => crypto.getSignature(timestamp, nonce, encrypted),
      open: (encrypted) => crypto.decrypt(encrypted),
      seal: (text) => crypto.encrypt(text),
    };
  },
  '@wecom/crypto': ({ token, key, appid }) => ({
    sign: (timestamp, nonce, encrypted) => wecom.getSignature(token, timestamp, nonce, encrypted),
    open: (encrypted) => wecom.decrypt(key, encrypted),
    seal: (text) => wecom.encrypt(key, text, appid),
  }),
};

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const { library, account, encrypted, timestamp, nonce, text } = JSON.parse(line);
  const peer = libraries[library](account);
  const sealed = peer.seal(text);
  console.log(JSON.stringify({
    opened: peer.open(encrypted),
    signature: peer.sign(timestamp, nonce, encrypted),
    sealed,
    sealedSignature: peer.sign(timestamp, nonce, sealed),
  }));
});

// One resident's phone.

import { element, logo, renderLine } from "./bubbles.js";
import { shrink } from "./photo.js";
import { post, upload } from "./wire.js";

const PLACES = [
  { label: "和苑小区3栋楼下", latitude: 30.27415, longitude: 120.15515 },
  { label: "和苑小区中心花园", latitude: 30.27462, longitude: 120.15588 },
  { label: "和苑小区地下车库 B1", latitude: 30.27391, longitude: 120.15496 },
];
const GAP = 5 * 60 * 1000; // ms of silence after which the time is shown again
const SHANGHAI = { timeZone: "Asia/Shanghai" };

export class Phone {
  constructor(state, resident, { select, bar }) {
    this.state = state;
    this.element = document.getElementById("phone").content.firstElementChild.cloneNode(true);
    this.chat = this.find(".chat");
    this.input = this.find("textarea");
    this.lines = new Map(); // id -> element
    this.waiting = 0;
    this.last = { at: 0, text: "" };
    this.select = select;
    this.bar = bar;
    this.find(".nav h2").textContent = state.title;
    this.listen();
    this.showMenu();
    this.update(resident);
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  // ---------------------------------------------------------------- showing

  begin(lines) {
    for (const line of lines) this.put(line);
    this.showEmpty();
    this.chat.scrollTop = this.chat.scrollHeight;
  }

  update(resident) {
    this.resident = resident;
    this.element.setAttribute("aria-label", `${resident.name}的手机`);
    this.find(".foot").hidden = !resident.follows;
    this.find(".join").hidden = resident.follows;
    this.find("[data-do=refuse] span").textContent = resident.refuses ? "接收通知" : "拒收通知";
    this.find("[data-do=refuse] use").setAttribute("href", resident.refuses ? "#i-bell" : "#i-bell-off");
    this.showEmpty();
    this.showQuota(Date.now());
  }

  put(line) {
    const low = this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < 80;
    const fresh = renderLine(line, { title: this.state.title, name: this.resident.name });
    const old = this.lines.get(line.id);
    this.lines.set(line.id, fresh);
    if (old) {
      old.replaceWith(fresh);
    } else {
      this.find(".empty")?.remove();
      if (line.at - this.last.at > GAP) this.chat.append(element("p", "time", moment(line.at)));
      this.last.at = line.at;
      this.chat.append(fresh);
    }
    const down = () => { this.chat.scrollTop = this.chat.scrollHeight; };
    if (low || !old) down();
    fresh.querySelector("img")?.addEventListener("load", down, { once: true });
  }

  showEmpty() {
    this.find(".empty")?.remove();
    if (this.lines.size) return;
    const box = element("div", "empty");
    box.append(logo(), element("h3", "", this.state.title));
    if (!this.resident.follows) {
      box.append(element("p", "", "小区物业服务号，关注后就能使用。"));
    } else {
      box.append(element("p", "", "您好！有事直接说就行，比如："));
      for (const words of this.state.suggestions) {
        const button = element("button", "suggestion", words);
        button.type = "button";
        button.dataset.say = words;
        box.append(button);
      }
    }
    this.chat.append(box);
  }

  showMenu() {
    this.find(".menu").replaceChildren(...this.state.menu.map((entry, index) => {
      const button = element("button", entry.sub_button ? "above" : "", entry.name);
      button.type = "button";
      button.dataset.menu = index;
      if (entry.sub_button) button.setAttribute("aria-haspopup", "true");
      return button;
    }));
  }

  showTyping(on) {
    this.find(".nav h2").textContent = on ? "对方正在输入…" : this.state.title;
  }

  tick(now) {
    this.find(".clock").textContent = now.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", ...SHANGHAI });
    this.showQuota(now.getTime());
  }

  showQuota(now) {
    const { name, follows, left, until, refuses } = this.resident;
    const parts = [name];
    if (!follows) parts.push("未关注");
    else if (until && until > now) parts.push(`客服消息还可发 ${left} 条`, `剩 ${span(until - now)}`);
    else parts.push("客服消息窗口已关，只能发模板消息");
    if (refuses) parts.push("已拒收通知");
    this.find(".quota").textContent = parts.join(" · ");
  }

  // ---------------------------------------------------------------- doing

  async does(gesture) {
    this.closeAll();
    this.showTyping(++this.waiting > 0);
    try {
      const answer = await post(`phone/${this.resident.openid}/send`, gesture);
      if (answer.error) this.chat.append(element("p", "time", `未能发送：${answer.error}`));
    } finally {
      this.showTyping(--this.waiting > 0);
    }
  }

  say(text) {
    if (!text.trim()) return;
    this.last.text = text;
    this.does({ kind: "text", text });
  }

  submit() {
    const text = this.input.value;
    this.input.value = "";
    this.fit();
    this.say(text);
  }

  async photo(blob) {
    this.closeAll();
    const { media_id } = await upload(`phone/${this.resident.openid}/upload`, blob);
    this.does({ kind: "photo", media_id });
  }

  fit() {
    // Rows instead of a height: styles set by script would need a looser policy.
    const wide = [...this.input.value].reduce((sum, one) => sum + (one > "\u2e80" ? 2 : 1), 0);
    this.input.rows = Math.min(4, Math.max(1, Math.ceil(wide / 26), this.input.value.split("\n").length));
    this.find(".send").hidden = !this.input.value.trim();
    this.find("[data-do=panel]").hidden = Boolean(this.input.value.trim());
  }

  closeAll() {
    this.find(".panel").hidden = true;
    this.find(".sheet").hidden = true;
    this.find(".popup")?.remove();
    this.find("[data-do=panel]").setAttribute("aria-expanded", "false");
  }

  listen() {
    this.element.addEventListener("click", (event) => this.click(event));
    this.find(".say").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("input", () => this.fit());
    this.input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        this.submit();
      } else if (event.key === "ArrowUp" && !this.input.value) {
        event.preventDefault();
        this.input.value = this.last.text;
        this.fit();
      }
    });
    this.find("input[type=file]").addEventListener("change", async (event) => {
      const [file] = event.target.files;
      event.target.value = "";
      if (file) this.photo(await shrink(file));
    });
  }

  click(event) {
    const target = event.target.closest("button");
    if (!target) {
      if (event.target.closest(".chat")) this.closeAll();
      return;
    }
    if (target.dataset.say) return this.say(target.dataset.say);
    if (target.dataset.trace) return this.select(target.dataset.trace);
    if (target.dataset.menu) return this.openMenu(Number(target.dataset.menu));
    this.doNamed(target.dataset.do);
  }

  async doNamed(name) {
    switch (name) {
      case "bar": return this.bar();
      case "panel": return this.openPanel();
      case "sample": return this.photo(await (await fetch("static/sample.jpg")).blob());
      case "place": return this.openPlaces();
      case "scan":
      case "scan-join": return this.openCodes();
      case "voice": return this.openVoice();
      case "follow":
      case "unfollow": return this.does({ kind: name });
      case "refuse":
        this.closeAll();
        return post(`phone/${this.resident.openid}/refuse`, { refuses: !this.resident.refuses });
    }
  }

  openPanel() {
    const open = this.find(".panel").hidden;
    this.closeAll();
    this.find(".panel").hidden = !open;
    this.find("[data-do=panel]").setAttribute("aria-expanded", String(open));
    this.chat.scrollTop = this.chat.scrollHeight;
  }

  openMenu(index) {
    const entry = this.state.menu[index];
    const open = this.find(".popup");
    this.closeAll();
    if (!entry.sub_button) return this.choose(entry);
    if (open?.dataset.menu === String(index)) return;
    const popup = element("div", `popup at-${index}`);
    popup.dataset.menu = index;
    for (const below of entry.sub_button) {
      const button = element("button", "", below.name);
      button.type = "button";
      button.addEventListener("click", (event) => {
        event.stopPropagation();
        this.choose(below);
      });
      popup.append(button);
    }
    this.find(".menu").append(popup);
    popup.querySelector("button").focus();
  }

  choose(entry) {
    if (entry.type !== "view") return this.does({ kind: "click", key: entry.key, name: entry.name });
    window.open(entry.url, "_blank", "noopener");
    return this.does({ kind: "view", url: entry.url, name: entry.name });
  }

  // ---------------------------------------------------------------- sheets

  openPlaces() {
    this.openSheet("发送位置", PLACES.map(({ label, ...where }) => [label, { kind: "location", label, ...where }]));
  }

  openCodes() {
    const codes = this.state.codes.map(({ ticket, title }) => [title, { kind: "scan", ticket }]);
    this.openSheet("扫一扫：选择要扫的二维码", codes, ["场景值，例如 door-3", (scene) => ({ kind: "scan", scene })]);
  }

  openVoice() {
    this.openSheet("发语音：微信识别出的文字", [], ["说了什么", (text) => ({ kind: "voice", text })]);
  }

  openSheet(title, choices, typed) {
    this.closeAll();
    const sheet = this.resident.follows ? this.find(".sheet") : this.joinSheet();
    sheet.replaceChildren(element("h3", "", title));
    for (const [words, gesture] of choices) {
      const button = element("button", "choice", words);
      button.type = "button";
      button.addEventListener("click", () => { sheet.hidden = true; this.does(gesture); });
      sheet.append(button);
    }
    if (typed) sheet.append(this.typedRow(sheet, ...typed));
    sheet.hidden = false;
    sheet.querySelector("button, input").focus();
    this.chat.scrollTop = this.chat.scrollHeight;
  }

  joinSheet() {
    const join = this.find(".join");
    const sheet = join.querySelector(".sheet") ?? element("div", "sheet");
    join.append(sheet);
    return sheet;
  }

  typedRow(sheet, hint, gesture) {
    const form = element("form", "typed");
    const input = element("input");
    input.placeholder = hint;
    input.setAttribute("aria-label", hint);
    input.required = true;
    const button = element("button", "green", "发送");
    form.append(input, button);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      sheet.hidden = true;
      this.does(gesture(input.value));
    });
    return form;
  }
}

function moment(at) {
  const then = new Date(at);
  const clock = then.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", ...SHANGHAI });
  return `${then.toLocaleDateString("zh-CN", { month: "long", day: "numeric", ...SHANGHAI })} ${clock}`;
}

function span(milliseconds) {
  const minutes = Math.ceil(milliseconds / 60000);
  return minutes < 120 ? `${minutes} 分钟` : `${Math.floor(minutes / 60)} 小时`;
}

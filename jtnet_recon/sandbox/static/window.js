/* The sandbox's payment window: draws what the server says, sends what the shopper chose. */
(function () {
  "use strict";

  const facts = JSON.parse(document.getElementById("facts").textContent);
  const isFramed = window.parent !== window;
  const METHODS = { card: "카드", trans: "계좌이체", vbank: "가상계좌", phone: "휴대폰" };
  const CARRIERS = ["SKT", "KT", "LG U+"];
  const CLOSED = "결제창이 닫혔습니다. 쇼핑몰 화면으로 돌아가 주세요.";
  const byId = (id) => document.getElementById(id);
  let method = facts.pay_method;
  let isBusy = false;

  /* Every text is set as text: nothing a shop or a shopper wrote becomes markup. */
  function make(tag, options, ...children) {
    const { text, ...rest } = options || {};
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(rest)) {
      if (value === true) {
        element.setAttribute(name, "");
      } else if (value !== false && value !== null && value !== undefined) {
        element.setAttribute(name, String(value));
      }
    }
    if (text !== undefined && text !== null) {
      element.textContent = String(text);
    }
    element.append(...children);
    return element;
  }

  function say(kind, response) {
    window.parent.postMessage({ kind, response }, "*");
  }

  /* Ends the window: to the page that opened it, or to where the phone's browser goes next. */
  function finish(response) {
    if (isFramed) {
      say("imp-sandbox-result", response);
      return;
    }
    if (facts.return_to === null) {
      alone(response.error_msg || CLOSED);
      return;
    }
    const address = new URL(facts.return_to);
    const answer = { imp_uid: response.imp_uid, merchant_uid: response.merchant_uid };
    answer.imp_success = response.success ? "true" : "false";
    if (!response.success) {
      answer.error_code = response.error_code;
      answer.error_msg = response.error_msg;
    }
    for (const [name, value] of Object.entries(answer)) {
      if (value !== null && value !== undefined) {
        address.searchParams.set(name, String(value));
      }
    }
    window.location.replace(address.href);
  }

  function alone(message) {
    document.body.className = "alone";
    document.body.replaceChildren(make("p", { class: "message", text: message }));
  }

  async function send(action, body) {
    const answer = await fetch("/sandbox/window/" + facts.window + "/" + action, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return answer.json();
  }

  function complain(message) {
    byId("error").textContent = message;
    byId("error").hidden = false;
  }

  async function act(action, body) {
    if (isBusy) {
      return;
    }
    isBusy = true;
    byId("pay").disabled = true;
    byId("error").hidden = true;
    try {
      const answer = await send(action, body);
      if (answer.code === 0) {
        finish(answer.response);
        return;
      }
      complain(answer.message);
    } catch {
      complain("테스트 서버가 응답하지 않습니다. 잠시 후 다시 시도해 주세요.");
    }
    isBusy = false;
    byId("pay").disabled = false;
  }

  function choice(group, value, title, detail, options) {
    const { checked, disabled, bad } = options || {};
    const input = make("input", { type: "radio", name: group, value, disabled });
    input.checked = Boolean(checked);
    const lines = [make("b", { text: title })];
    if (detail) {
      lines.push(make("small", { text: detail }));
    }
    return make("label", { class: bad ? "choice bad" : "choice" }, input, make("span", {}, ...lines));
  }

  function cardChoices(cards, first) {
    return cards.map((card) =>
      choice("card_number", card.number, card.title, card.allowed ? card.shown : "이 주문에서 사용 불가", {
        checked: card === first,
        disabled: !card.allowed,
        bad: !card.is_good,
      }),
    );
  }

  function cardPanel() {
    const good = facts.cards.filter((card) => card.is_good).sort((a, b) => b.allowed - a.allowed);
    const bad = facts.cards.filter((card) => !card.is_good);
    const first = good.find((card) => card.allowed) || bad.find((card) => card.allowed);
    const parts = [
      make("fieldset", {}, make("legend", { text: "테스트 카드" }),
        make("div", { class: "choices" }, ...cardChoices(good, first))),
    ];
    const odd = make("details", {}, make("summary", { text: "거절되는 카드 · 특이한 카드" }),
      make("div", { class: "choices" }, ...cardChoices(bad, first)));
    odd.open = first !== undefined && !first.is_good;
    parts.push(odd);
    if (facts.quotas.length > 1) {
      const select = make("select", { id: "quota", name: "card_quota" });
      for (const months of facts.quotas) {
        select.append(make("option", { value: months, text: months ? months + "개월" : "일시불" }));
      }
      select.value = String(facts.quota);
      parts.push(make("fieldset", {}, make("label", { class: "label", for: "quota", text: "할부" }), select));
    }
    return parts;
  }

  function bankPanel(group) {
    const options = facts.banks.map((bank) => make("option", { value: bank.code, text: bank.name }));
    const select = make("select", { id: group, name: "bank_code" }, ...options);
    return make("fieldset", {}, make("label", { class: "label", for: group, text: "은행" }), select);
  }

  function outcomePanel(good, bads) {
    const choices = [choice("decline", "", good.title, good.detail, { checked: true })];
    choices.push(...bads.map((bad) => choice("decline", bad.value, bad.title, bad.detail, { bad: true })));
    return make("fieldset", {}, make("legend", { text: "결과" }), make("div", { class: "choices" }, ...choices));
  }

  const PANELS = {
    card: cardPanel,
    trans: () => [
      bankPanel("trans_bank"),
      outcomePanel({ title: "이체 성공", detail: "바로 결제됩니다" },
        [{ value: "money", title: "잔액 부족", detail: "이체가 거절됩니다" }]),
    ],
    vbank: () => [
      bankPanel("vbank_bank"),
      make("p", { class: "hint", text: "가상계좌가 발급되고, 입금될 때까지 주문은 입금대기 상태로 남습니다." }),
    ],
    phone: () => [
      make("fieldset", {}, make("legend", { text: "통신사" }),
        make("div", { class: "choices small" },
          ...CARRIERS.map((name, place) => choice("carrier", name, name, null, { checked: place === 0 })))),
      outcomePanel({ title: "승인", detail: "휴대폰 요금에 더해집니다" },
        [{ value: "limit", title: "한도 초과", detail: "승인이 거절됩니다" }]),
    ],
  };

  function payLabel() {
    if (facts.is_billing && facts.amount === 0) {
      return "카드 등록하기";
    }
    return method === "vbank" ? "가상계좌 발급받기" : facts.amount_text + " 결제하기";
  }

  function select(name, focus) {
    method = name;
    for (const tab of byId("tabs").children) {
      const isOn = tab.dataset.method === name;
      tab.setAttribute("aria-selected", String(isOn));
      tab.tabIndex = isOn ? 0 : -1;
      if (isOn && focus) {
        tab.focus();
      }
    }
    const panel = make("div", { role: "tabpanel", id: "panel", "aria-labelledby": "tab-" + name }, ...PANELS[name]());
    byId("panels").replaceChildren(panel);
    byId("pay").textContent = payLabel();
    byId("error").hidden = true;
  }

  function drawTabs() {
    const names = Object.keys(METHODS);
    for (const name of names) {
      const tab = make("button", {
        type: "button", role: "tab", id: "tab-" + name, "aria-controls": "panel",
        "data-method": name, disabled: !facts.methods.includes(name), text: METHODS[name],
      });
      tab.addEventListener("click", () => select(name, true));
      byId("tabs").append(tab);
    }
    byId("tabs").addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step !== undefined) {
        const open = facts.methods;
        event.preventDefault();
        select(open[(open.indexOf(method) + step + open.length) % open.length], true);
      }
    });
  }

  function drawDetails() {
    for (const [label, value] of facts.details) {
      const known = value !== null && value !== "";
      byId("details").append(make("dt", { text: label }),
        make("dd", known ? { text: value } : { text: "없음", class: "none" }));
    }
  }

  function chosen() {
    const data = new FormData(byId("form"));
    const { card_number, card_quota, bank_code, decline } = Object.fromEntries(data);
    const sent = { pay_method: method, card_number, bank_code, decline };
    if (card_quota !== undefined) {
      sent.card_quota = Number(card_quota);
    }
    return sent;
  }

  function draw() {
    document.body.className = isFramed ? "framed" : "alone";
    byId("shop").textContent = facts.shop;
    byId("order").textContent = facts.name;
    byId("amount").textContent = facts.amount_text;
    byId("note").textContent = facts.note;
    byId("note").hidden = !facts.note;
    drawDetails();
    drawTabs();
    select(method, false);
    const sheet = document.querySelector("main");
    sheet.hidden = false;
    byId("form").addEventListener("submit", (event) => {
      event.preventDefault();
      act("settle", chosen());
    });
    byId("close").addEventListener("click", () => act("close", {}));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        act("close", {});
      } else if (event.key === "Enter" && [sheet, document.body].includes(event.target)) {
        byId("form").requestSubmit();
      }
    });
    document.addEventListener("keydown", keepFocus);
    sheet.focus({ preventScroll: true });
  }

  /* The page below is covered: Tab goes round inside the window. */
  function keepFocus(event) {
    if (event.key !== "Tab" || !isFramed) {
      return;
    }
    const all = [...document.querySelectorAll("button, select, summary, input:checked")];
    const reachable = all.filter((one) => !one.disabled && one.tabIndex >= 0 && one.offsetParent !== null);
    const edge = event.shiftKey ? reachable[0] : reachable[reachable.length - 1];
    if (document.activeElement === edge) {
      event.preventDefault();
      (event.shiftKey ? reachable[reachable.length - 1] : reachable[0]).focus();
    }
  }

  if (isFramed) {
    say("imp-sandbox-ready", null);
  }
  if (facts.response !== null) {
    finish(facts.response);
  } else {
    draw();
  }
})();

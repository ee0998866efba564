/*
 * The sandbox's own IMP: the calls of i'mport's JavaScript SDK that a shop's page makes to
 * take a payment. It talks to the server it was loaded from and to nobody else.
 *
 * On a PC the payment window lies over the shop's page and ends in the callback; on a phone
 * the browser goes to the window's page and from there to m_redirect_url.
 */
(function () {
  "use strict";

  const SERVER = new URL(document.currentScript.src).origin;
  const OPEN_PATH = "/sandbox/window";
  const READY_TIMEOUT_MS = 15000;
  const PHONES = /Android|iPhone|iPad|iPod|Windows Phone|Mobile/i;

  const merchant = { code: null, agency: null, tier: null };
  let current = null; // the window that is open, at most one

  function failure(params, code, message) {
    const text = (name) => (typeof params[name] === "string" ? params[name] : null);
    return {
      success: false,
      imp_success: false,
      error_code: code,
      error_msg: message,
      imp_uid: null,
      merchant_uid: text("merchant_uid"),
      pay_method: text("pay_method"),
    };
  }

  function answerLater(callback, response) {
    if (typeof callback === "function") {
      setTimeout(() => callback(response), 0);
    }
  }

  /* Sends the request as a form: it works from any page, file:// included, without CORS. */
  function post(text, target) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = SERVER + OPEN_PATH;
    form.target = target;
    form.hidden = true;
    const field = document.createElement("input");
    field.name = "request";
    field.value = text;
    form.append(field);
    document.body.append(form);
    form.submit();
    form.remove();
  }

  /* Null for what JSON cannot hold: a circle, or a BigInt as the amount. */
  function written(request) {
    try {
      return JSON.stringify(request);
    } catch {
      return null;
    }
  }

  function openOverlay(text, params, callback) {
    const frame = document.createElement("iframe");
    frame.name = "imp-window-" + Math.random().toString(36).slice(2);
    frame.title = "결제창";
    frame.className = "imp-dialog";
    frame.setAttribute("allowtransparency", "true");
    frame.style.cssText =
      "position:fixed;inset:0;width:100%;height:100%;border:0;margin:0;padding:0;" +
      "z-index:2147483647;background:transparent;color-scheme:light";
    const opened = {
      frame,
      params,
      callback,
      focused: document.activeElement,
      overflow: document.documentElement.style.overflow,
      timer: setTimeout(() => end(opened, unreachable(params)), READY_TIMEOUT_MS),
    };
    current = opened;
    document.documentElement.style.overflow = "hidden";
    document.body.append(frame);
    post(text, frame.name);
  }

  function unreachable(params) {
    return failure(params, "F0004", "결제창을 열 수 없습니다. 테스트 서버(" + SERVER + ")를 확인해 주세요.");
  }

  function end(opened, response) {
    if (current !== opened) {
      return;
    }
    current = null;
    clearTimeout(opened.timer);
    opened.frame.remove();
    document.documentElement.style.overflow = opened.overflow;
    if (opened.focused instanceof HTMLElement) {
      opened.focused.focus();
    }
    answerLater(opened.callback, response);
  }

  window.addEventListener("message", (event) => {
    const isOurs =
      current !== null &&
      event.origin === SERVER &&
      event.source === current.frame.contentWindow &&
      event.data !== null &&
      typeof event.data === "object";
    if (!isOurs) {
      return;
    }
    if (event.data.kind === "imp-sandbox-ready") {
      clearTimeout(current.timer);
      current.frame.focus();
    } else if (event.data.kind === "imp-sandbox-result") {
      end(current, event.data.response);
    }
  });

  /* Makes the address absolute, as seen from the shop's page; null if it is no web address. */
  function returnAddress(text) {
    if (typeof text !== "string" || text.trim() === "") {
      return null;
    }
    try {
      const address = new URL(text, document.baseURI);
      return ["http:", "https:"].includes(address.protocol) ? address.href : null;
    } catch {
      return null;
    }
  }

  function requestPay(params, callback) {
    const isObject = params !== null && typeof params === "object";
    const given = isObject ? params : {};
    if (merchant.code === null) {
      answerLater(callback, failure(given, "F0001", "IMP.init(가맹점 식별코드)을 먼저 호출해 주세요."));
      return;
    }
    if (!isObject) {
      answerLater(callback, failure(given, "F0002", "결제 요청 파라메터가 없습니다."));
      return;
    }
    if (current !== null) {
      answerLater(callback, failure(given, "F0003", "이미 열려 있는 결제창이 있습니다."));
      return;
    }
    const isPhone = PHONES.test(navigator.userAgent);
    const request = { imp: merchant.code, agency: merchant.agency, tier: merchant.tier };
    request.channel = isPhone ? "mobile" : "pc";
    request.params = given;
    request.return_to = isPhone ? returnAddress(given.m_redirect_url) : null;
    const text = written(request);
    if (text === null) {
      answerLater(callback, failure(given, "F0002", "결제 요청 파라메터를 전송할 수 없습니다."));
      return;
    }
    if (!isPhone) {
      openOverlay(text, given, callback);
      return;
    }
    if (request.return_to === null) {
      const message = "모바일 결제에는 m_redirect_url(http 또는 https 주소)이 필요합니다.";
      answerLater(callback, failure(given, "F0005", message));
      return;
    }
    post(text, "_self");
  }

  function init(code) {
    merchant.code = code === undefined || code === null || code === "" ? null : String(code);
  }

  /* For sub-merchants: the agent's own code, and the tier of three capitals or digits. */
  function agency(code, tier) {
    init(code);
    merchant.agency = merchant.code;
    merchant.tier = tier === undefined || tier === null ? null : String(tier);
  }

  function certification(params, callback) {
    const message = "테스트 서버는 본인인증창을 제공하지 않습니다.";
    answerLater(callback, failure(params || {}, "F0006", message));
  }

  window.IMP = Object.freeze({ init, agency, request_pay: requestPay, certification });
})();

// The demonstration's shops: their language, their one customer, and what the chat is told of both.
(() => {
  const { customer, name } = document.currentScript.dataset;
  const wanted = new URLSearchParams(location.search).get('lang') ?? localStorage.getItem('demo.language');
  const language = wanted === 'en' ? 'en' : 'id';
  localStorage.setItem('demo.language', language);
  document.documentElement.lang = language;
  // A shop that knows its visitor's language says so before the chat begins.
  window.SapaChat = { language };

  const words = {
    id: { signIn: `Masuk sebagai ${name}`, signOut: `${name} · Keluar`, other: 'English', failed: 'Tidak bisa masuk' },
    en: { signIn: `Sign in as ${name}`, signOut: `${name} · Sign out`, other: 'Indonesia', failed: 'Signing in failed' },
  }[language];
  const signedIn = `demo.customer.${customer}`;

  // The shop's server signs who its customer is; the page hands that on and can change nothing in it.
  async function signIn() {
    const answer = await fetch('/demo/token', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ customer }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const { token } = await answer.json();
    localStorage.setItem(signedIn, '1');
    if (window.SapaChat.identify) window.SapaChat.identify(token);
    else window.SapaChat.token = token;
  }

  function signOut() {
    localStorage.removeItem(signedIn);
    delete window.SapaChat.token;
    window.SapaChat.logout?.();
  }

  const rupiah = (amount) => `Rp ${String(amount).replace(/\B(?=(\d{3})+$)/g, '.')}`;

  addEventListener('DOMContentLoaded', () => {
    if (language === 'en') {
      for (const element of document.querySelectorAll('[data-en]')) element.textContent = element.dataset.en;
    }
    const other = document.querySelector('[data-language]');
    other.textContent = words.other;
    other.lang = language === 'en' ? 'id' : 'en';
    other.addEventListener('click', () => {
      location.search = `?lang=${other.lang}`;
    });

    const account = document.querySelector('[data-sign-in]');
    const show = () => {
      const inside = localStorage.getItem(signedIn) !== null;
      account.textContent = inside ? words.signOut : words.signIn;
      account.classList.toggle('in', inside);
    };
    const failed = () => {
      localStorage.removeItem(signedIn);
      account.textContent = words.failed;
    };
    account.addEventListener('click', () => {
      if (localStorage.getItem(signedIn) === null) signIn().then(show, failed);
      else {
        signOut();
        show();
      }
    });
    show();
    if (localStorage.getItem(signedIn) !== null) signIn().then(show, failed);
    // A token lasts a while; the chat says when it wants another.
    addEventListener('sapachat:token-refused', () => {
      if (localStorage.getItem(signedIn) !== null) signIn().then(show, failed);
    });

    const price = document.querySelector('[data-price]');
    for (const weight of document.querySelectorAll('[name="weight"]')) {
      weight.addEventListener('change', () => {
        price.textContent = rupiah(weight.value);
      });
    }
    const cart = document.querySelector('[data-cart]');
    let count = 1;
    const showCart = () => {
      cart.textContent = `${language === 'en' ? cart.dataset.enCart : cart.dataset.cart} (${count})`;
    };
    if (cart) {
      showCart();
      document.querySelector('[data-buy]').addEventListener('click', () => {
        count += 1;
        showCart();
      });
    }
  });
})();

// Light, dark or as the system says. The choice is a cookie, so that the server writes it into the page before the first pixel.
const choices = { system: 'System', light: 'Light', dark: 'Dark' };

customElements.define('theme-choice', class extends HTMLElement {
  connectedCallback() {
    const group = document.createElement('fieldset');
    const legend = document.createElement('legend');
    legend.textContent = 'Appearance';
    group.append(legend);
    for (const [value, words] of Object.entries(choices)) {
      const input = document.createElement('input');
      Object.assign(input, { type: 'radio', name: 'theme', value, checked: document.documentElement.dataset.theme === value });
      input.addEventListener('change', () => choose(value));
      const label = document.createElement('label');
      label.append(input, words);
      group.append(label);
    }
    this.replaceChildren(group);
  }
});

function choose(theme) {
  document.documentElement.dataset.theme = theme;
  document.cookie = `hitl-theme=${theme}; path=/; max-age=31536000; samesite=lax`;
}

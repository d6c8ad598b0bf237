// A browser shows notifications of the desktop only where the person allowed it, and asks them only when they press something.
document.addEventListener("change", event => {
  if (event.target.matches?.("[data-asks-notification]:checked") && globalThis.Notification?.permission === "default")
    Notification.requestPermission()
})

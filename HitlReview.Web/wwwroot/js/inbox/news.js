/** Tells of what is new, to those who want to be told. */
export class News {
  configure({ sounds, notifies }) {
    this.sounds = sounds
    this.notifies = notifies
  }

  announce(count, words) {
    if (this.sounds)
      chime()
    if (this.notifies && document.visibilityState === "hidden" && globalThis.Notification?.permission === "granted")
      new Notification(count, { body: words, tag: "hitlreview" })
  }
}

function chime() {
  const audio = new AudioContext()
  const [tone, volume] = [audio.createOscillator(), audio.createGain()]
  tone.frequency.value = 660
  volume.gain.setValueAtTime(0.08, audio.currentTime)
  volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.4)
  tone.connect(volume).connect(audio.destination)
  tone.start()
  tone.stop(audio.currentTime + 0.4)
  tone.onended = () => audio.close()
}

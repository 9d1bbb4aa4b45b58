// What scripts say, in both languages of the interface.
const texts = {
  id: {
    sending: 'Mengirim…',
    offline: 'Anda sedang luring. Tulisan Anda tersimpan di peramban ini.',
    failed: 'Tidak berhasil. Periksa sambungan Anda, lalu coba lagi.',
    signedOut: 'Sesi Anda berakhir. Masuk kembali di tab baru, lalu tekan Kirim lagi.',
    copied: 'Tautan disalin',
    saving: 'Menyimpan draf…',
    saved: 'Draf tersimpan %s',
    savedHere: 'Tersimpan di peramban ini, belum di peladen',
    restored: 'Tulisan Anda dipulihkan',
    replyTo: 'Membalas %s',
    quote: 'Kutip',
    wrote: 'menulis',
    loading: 'Memuat…',
    next: 'Balasan berikutnya',
    voteOn: 'Ditandai bermanfaat',
    voteOff: 'Tanda bermanfaat dihapus',
    nothing: 'Belum ada yang dapat dipratinjau.',
    people: 'Orang',
    suggestions: 'Saran pencarian',
    close: 'Tutup',
    keys: 'Pintasan papan ketik',
    keyList: [['/', 'Cari'], ['j', 'Kiriman berikutnya'], ['k', 'Kiriman sebelumnya'], ['r', 'Balas kiriman yang dipilih'], ['g b', 'Ke Beranda'],
      ['g p', 'Ke Papan'], ['Ctrl+Enter', 'Kirim tulisan'], ['?', 'Tampilkan daftar ini']],
  },
  en: {
    sending: 'Sending…',
    offline: 'You are offline. Your text is kept in this browser.',
    failed: 'That did not work. Check your connection and try again.',
    signedOut: 'Your session has ended. Sign in again in a new tab, then press Send once more.',
    copied: 'Link copied',
    saving: 'Saving draft…',
    saved: 'Draft saved %s',
    savedHere: 'Kept in this browser, not yet on the server',
    restored: 'Your text has been restored',
    replyTo: 'Replying to %s',
    quote: 'Quote',
    wrote: 'wrote',
    loading: 'Loading…',
    next: 'Further replies',
    voteOn: 'Marked as helpful',
    voteOff: 'No longer marked as helpful',
    nothing: 'Nothing to preview yet.',
    people: 'People',
    suggestions: 'Search suggestions',
    close: 'Close',
    keys: 'Keyboard shortcuts',
    keyList: [['/', 'Search'], ['j', 'Next post'], ['k', 'Previous post'], ['r', 'Reply to the chosen post'], ['g b', 'To the home page'],
      ['g p', 'To the boards'], ['Ctrl+Enter', 'Send'], ['?', 'Show this list']],
  },
};

const own = document.documentElement.lang === 'en' ? texts.en : texts.id;

export function say(key, value) {
  const text = own[key];
  return value === undefined ? text : text.replace('%s', value);
}

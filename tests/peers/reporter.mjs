// One JSON line per finished test, for the NUnit fixture that runs these suites.
export default async function* (source) {
  for await (const event of source) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { name, details, skip } = event.data;
    const error = details?.error?.cause ?? details?.error;
    yield JSON.stringify({
      name,
      passed: event.type === 'test:pass' && !skip,
      error: event.type === 'test:fail' ? String(error?.stack ?? error) : null,
    }) + '\n';
  }
}

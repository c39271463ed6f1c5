// One line on stdout for each thing proved; the first that fails ends the program with exit status 1.

/** Runs `act` and prints `sentence`, with what `act` returns as its evidence. */
export async function step(sentence, act) {
  try {
    const evidence = await act();
    console.log(`  ok  ${sentence}${evidence === undefined ? '' : `: ${evidence}`}`);
  } catch (error) {
    console.log(`  NOT ${sentence}`);
    console.log(explain(error));
    process.exit(1);
  }
}

/** Runs `act`, which must fail with the OAuth error `code`; anything else is a failure. */
export async function refuses(sentence, code, act) {
  await step(sentence, async () => {
    let answer;
    try {
      answer = await act();
    } catch (error) {
      if (error.error === code) return code;
      throw error;
    }
    throw new Error(`expected ${code}, was answered ${JSON.stringify(answer)}`);
  });
}

function explain(error) {
  const lines = [error.stack ?? String(error)];
  if (error.error) lines.push(`OAuth error: ${error.error} ${error.error_description ?? ''}`);
  for (let cause = error.cause; cause; cause = cause.cause) {
    lines.push(`caused by: ${cause instanceof Error ? cause.stack : JSON.stringify(cause)}`);
  }
  return lines.join('\n');
}

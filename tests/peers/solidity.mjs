import { readFileSync } from 'node:fs';
import solc from 'solc';

const folder = new URL('../../chain/contracts/', import.meta.url);

/** Compiles the contracts of chain/contracts; every warning is an error. */
export function compile(file, contract) {
  const read = (name) => ({ content: readFileSync(new URL(name, folder), 'utf8') });
  const input = {
    language: 'Solidity',
    sources: { [file]: read(file) },
    settings: {
      evmVersion: 'cancun',
      optimizer: { enabled: true, runs: 1_000_000 },
      viaIR: true,
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: (name) => ({ contents: read(name.replace('./', '')).content }) }));
  if (output.errors?.length) throw new Error(output.errors.map((error) => error.formattedMessage).join('\n'));
  const { abi, evm } = output.contracts[file][contract];
  return { abi, bytecode: '0x' + evm.bytecode.object };
}

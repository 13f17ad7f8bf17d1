using DePinChain.Cli;

return await CommandTree.RunAsync(args);

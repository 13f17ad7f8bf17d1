namespace DePinChain.Miners.Homes;

/// <summary>What the registry of models asks about a folder; numbers as the module's.</summary>
internal sealed record ModelCard(
    byte Profile, byte Format, string WeightsRoot, string RowsRoot, string ConfigHash, string TokenizerHash, ulong WeightsBytes);

namespace DePinChain.Primitives;

/// <summary>A blob that lies in shards on the custodians' nodes: everything that says which bytes it is and how they are cut.</summary>
/// <param name="Root">Root over its chunks: what the chain keeps.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="ChunkBytes">Bytes of a chunk.</param>
/// <param name="Custodians">Shards there are, one for each custodian; 1 to 255.</param>
public readonly record struct BlobName(Hash256 Root, ulong Bytes, uint ChunkBytes, byte Custodians);

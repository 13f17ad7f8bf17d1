using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Worker.Following;

/// <summary>What the members of a probe's committee fetch.</summary>
/// <param name="Provider">From whom.</param>
/// <param name="Deal">The deal that keeps it there.</param>
/// <param name="Seed">Which chunks each asks for follows from it.</param>
/// <param name="Endpoint">Where the provider is reached.</param>
/// <param name="Piece">The piece.</param>
/// <param name="SlowMs">A chunk that takes so long counts nothing.</param>
internal sealed record ProbeFacts(ulong Provider, ulong Deal, Hash256 Seed, string Endpoint, PieceCid Piece, uint SlowMs);

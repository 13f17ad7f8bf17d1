using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>A page that a block changed.</summary>
/// <param name="Owner">Hashed address of the account whose storage it belongs to; null for the account trie.</param>
/// <param name="Path">First bytes of the keys below.</param>
/// <param name="Row">What is to be stored; null to delete.</param>
/// <param name="IsRemoved">Whether the row only marks a removal, to be deleted once nobody can ask for its past.</param>
/// <param name="Undo">The way back to the page before, where the past is kept.</param>
internal sealed record PageChange(Hash256? Owner, byte[] Path, byte[]? Row, bool IsRemoved, byte[]? Undo);

using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>What a block leaves behind of a page it changed.</summary>
/// <param name="Owner">Hashed address of the account whose storage it belongs to; null for the account trie.</param>
/// <param name="Path">First bytes of the keys below.</param>
/// <param name="Diff">The way back to the page before.</param>
/// <param name="IsRemoved">Whether only the mark of a removal is left, to be deleted once nobody can ask for the page's past.</param>
internal readonly record struct PageUndo(Hash256? Owner, byte[] Path, byte[] Diff, bool IsRemoved);

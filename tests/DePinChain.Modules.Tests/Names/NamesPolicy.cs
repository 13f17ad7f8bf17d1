using System.Buffers;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Names;

/// <summary>The numbers and rules of names.</summary>
public static class NamesPolicy
{
    /// <summary>How long a lease lasts: an hour of blocks of 12 s.</summary>
    public const ulong LeaseBlocks = 300;

    /// <summary>The most names freed at one block's start; the rest waits for the next.</summary>
    public const int ExpirationsPerBlockMax = 20;

    /// <summary>Characters of the longest name.</summary>
    public const int LengthMax = 32;

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>What a name costs while it is leased.</summary>
    public static Amount Deposit => Amount.One;

    /// <summary>True for 1 to 32 characters out of a-z, 0-9 and '-'.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= LengthMax && !name.AsSpan().ContainsAnyExcept(Letters);
}

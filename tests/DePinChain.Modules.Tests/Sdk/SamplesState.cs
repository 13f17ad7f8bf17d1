using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Sdk;

/// <summary>An enum with a gap.</summary>
public enum Phase : byte
{
    Open = 0,
    Closed = 1,
    Paid = 5,
}

/// <summary>An enum whose members combine.</summary>
[Flags]
public enum Rights : byte
{
    None = 0,
    Read = 1,
    Write = 2,
}

/// <summary>Fits a word: 1 + 20 + 4 + 1 + 1 bytes.</summary>
public readonly record struct Slice(byte Kind, Address Owner, uint Size, bool IsLive, Phase Phase);

/// <summary>Fits a word exactly: 4 + 8 + 2 + 16 + 2 bytes.</summary>
public readonly record struct Packed(int Low, long High, ushort Mark, Amount Price, ushort End);

/// <summary>One byte too long for a word.</summary>
public readonly record struct Unpacked(Address Owner, ulong Height, uint Size, byte Kind);

/// <summary>Small, but zeros alone mean something.</summary>
[Record(Version = 3)]
public readonly record struct Score(uint Points);

/// <summary>Texts, bytes, lists and records in each other.</summary>
/// <param name="Title">At most 16 bytes on the ABI.</param>
public sealed record Plan([Limit(16)] string Title, ulong[] Steps, Slice Part, byte[] Body, IReadOnlyList<Score> Scores);

/// <summary>Multicall3's tuple.</summary>
public readonly record struct Call3(Address Target, bool AllowFailure, byte[] CallData);

/// <summary>What governance may change of samples.</summary>
/// <param name="FeeShare">The share that is burned, in basis points.</param>
/// <param name="Deposit">What an object costs.</param>
/// <param name="IsOpen">Whether anybody may call.</param>
/// <param name="Supply">A number beyond 64 bits.</param>
public sealed record SamplesParameters(
    [Bounds(0, 10_000)] ushort FeeShare,
    [Bounds("0.5 DPN", "20 DPN")] Amount Deposit,
    bool IsOpen,
    [Bounds("1", "340282366920938463463374607431768211456")] UInt256 Supply);

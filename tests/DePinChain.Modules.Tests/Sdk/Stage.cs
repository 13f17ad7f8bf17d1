using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Sdk;

/// <summary>People, blocks and calls for tests of the SDK over an <see cref="InMemoryWorld"/>.</summary>
internal static class Stage
{
    public static readonly Address Alice = Address.Parse("0x00000000000000000000000000000000000a11ce");
    public static readonly Address Bob = Address.Parse("0x0000000000000000000000000000000000000b0b");
    public static readonly Hash256 Mix = Keccak256.Hash("mix"u8);

    public static BlockContext BlockAt(ulong number, ForkSchedule? forks = null) => new()
    {
        ChainId = 1_337_000,
        Number = number,
        Timestamp = 1_700_000_000 + number,
        Proposer = Bob,
        ParentHash = Hash256.Zero,
        ParentMix = Mix,
        BaseFee = Amount.FromWei(1_000_000_000),
        GasLimit = 60_000_000,
        Randomness = new Randomness(1_337_000, number, _ => Mix),
        Forks = forks ?? ForkSchedule.None,
    };

    public static Call CallBy(Address sender, IMeter meter, BlockContext? block = null, Amount value = default) => new()
    {
        Sender = sender,
        Origin = sender,
        Value = value,
        Block = block ?? BlockAt(1),
        Meter = meter,
    };

    /// <summary>The return data of the revert that an action ends with.</summary>
    public static byte[] RevertOf(Action action) => Assert.Throws<Revert>(() => action())!.ReturnData;

    /// <summary>Words of 32 bytes, written as hexadecimal digits without leading zeros.</summary>
    public static byte[] Words(params string[] words) => Hex.Decode(string.Concat(words.Select(word => word.PadLeft(64, '0'))));
}

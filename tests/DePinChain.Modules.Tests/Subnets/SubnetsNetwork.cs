using System.Buffers.Binary;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Subnets;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>A chain with emission and subnets, and people who know each other.</summary>
internal static class SubnetsNetwork
{
    /// <summary>Owns the subnet.</summary>
    public static readonly Person Owner = new("subnet owner");
    public static readonly Person OwnerHotkey = new("subnet owner's hotkey");

    /// <summary>Owns the validator's and the miner's hotkey.</summary>
    public static readonly Person Coldkey = new("coldkey");
    public static readonly Person Judge = new("validator hotkey");
    public static readonly Person Miner = new("miner hotkey");

    /// <summary>Stakes behind others.</summary>
    public static readonly Person Nominator = new("nominator");

    public static readonly Address Account = WellKnownAddresses.Subnets;

    private const string Localnet =
        """
        {"tempo":20,"immunity":60,"weightsRateLimit":0,"freezeBlocks":2,"lockMin":"100","lockInterval":600,"priceHalfLife":30,
        "unstakeBlocks":20
        """;

    /// <summary>The localnet's parameters and others.</summary>
    public static Scenario Start(string more = ",\"netRateLimit\":0") => Scenario
        .WithCatalog([FixedValidators.Description, EmissionModule.Descriptor, SubnetsModule.Descriptor], Create)
        .WithSection("subnets", Localnet + more + "}")
        .Funded(Owner, Amount.FromDpn(100_000)).Funded(OwnerHotkey, Amount.FromDpn(10)).Funded(Coldkey, Amount.FromDpn(100_000))
        .Funded(Judge, Amount.FromDpn(100)).Funded(Miner, Amount.FromDpn(10)).Funded(Nominator, Amount.FromDpn(10_000));

    /// <summary>
    /// Subnet 1 from block 1, emitting from block 3 on; block 3 seats the validator at place 1, block 4 the miner at place 2, block 5
    /// stakes 1,000 DPN behind the validator. Epochs run at 20, 40, 60…
    /// </summary>
    public static void Settle(this Scenario chain)
    {
        chain.Send(Owner, SubnetsCalls.RegisterSubnet(OwnerHotkey.Address, Hash256.Zero, "text"), Amount.FromDpn(150)).Succeeds();
        chain.Send(Owner, SubnetsCalls.StartEmission(1)).Succeeds();
        chain.Send(Coldkey, SubnetsCalls.Register(1, Judge.Address), Amount.FromDpn(5)).Succeeds();
        chain.Send(Coldkey, SubnetsCalls.Register(1, Miner.Address), Amount.FromDpn(5)).Succeeds();
        chain.Send(Coldkey, SubnetsCalls.Stake(Judge.Address), Amount.FromDpn(1_000)).Succeeds();
    }

    /// <summary>Weights as the ABI takes them.</summary>
    public static byte[] Pack(params (ushort Uid, ushort Value)[] weights)
    {
        byte[] packed = new byte[weights.Length * 4];
        for (int i = 0; i < weights.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packed.AsSpan(i * 4), weights[i].Uid);
            BinaryPrimitives.WriteUInt16BigEndian(packed.AsSpan((i * 4) + 2), weights[i].Value);
        }

        return packed;
    }

    /// <summary>keccak256(abi.encode(…)), words written by hand: bytes are the fifth of eight, their body follows the head.</summary>
    public static Hash256 Commitment(Address hotkey, ulong epoch, byte[] weights, Hash256 salt, Hash256 evidence = default)
    {
        List<byte> words = [];
        void Word(UInt256 value)
        {
            byte[] word = new byte[32];
            value.WriteBigEndian(word);
            words.AddRange(word);
        }

        Word(1_337_000);
        Word(1);
        Word(UInt256.FromBigEndian(hotkey.ToArray()));
        Word(epoch);
        Word(8 * 32);
        Word(0);
        words.AddRange(evidence.ToArray());
        words.AddRange(salt.ToArray());
        Word((ulong)weights.Length);
        words.AddRange(weights);
        while (words.Count % 32 != 0) words.Add(0);
        return Keccak256.Hash(words.ToArray());
    }

    private static IReadOnlyList<IModule> Create(ModuleScope scope)
    {
        EmissionModule emission = new(
            scope.StateOf(WellKnownAddresses.Emission), scope.LogsOf(WellKnownAddresses.Emission), scope.Issuer);
        return
        [
            new FixedValidators(), emission,
            new SubnetsModule(scope.StateOf(Account), scope.LogsOf(Account), scope.Bank, scope.Cryptography, emission),
        ];
    }
}

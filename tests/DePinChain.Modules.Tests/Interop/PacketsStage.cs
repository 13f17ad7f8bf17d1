using System.Text;
using DePinChain.LightClient;
using DePinChain.Modules.Compute;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Interop;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Sdk;
using DePinChain.Modules.Tests.Staking;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Modules.Tests.Interop;

/// <summary>
/// One end of a lane in memory, and a network at the other that says whatever a test wants, under proof: its packets module has written
/// what the test claims. The lane is 1 here and 9 there; Alice opened it, and has token 1.
/// </summary>
internal sealed class PacketsStage : IDisposable
{
    public const ulong Lane = 1;
    public const ulong There = 9;
    public static readonly Address Packets = Address.FromLow(0x100a);

    private readonly LightClientsModule _clients;
    private ulong _height = 100;

    public PacketsStage()
    {
        ModuleScope scope = World.Scope(new TestCryptography());
        Tokens = new TokensModule(scope.StateOf(WellKnownAddresses.Tokens), scope.LogsOf(WellKnownAddresses.Tokens));
        TreasuryModule treasury = new(
            scope.StateOf(WellKnownAddresses.Treasury), scope.LogsOf(WellKnownAddresses.Treasury), scope.Issuer, Tokens);
        _clients = new LightClientsModule(
            scope.StateOf(WellKnownAddresses.LightClients), scope.LogsOf(WellKnownAddresses.LightClients));
        NetworkMarket compute = new(scope, Tokens, treasury);
        Module = new PacketsModule(
            scope.StateOf(Packets), scope.LogsOf(Packets), scope.Bank, Tokens, treasury, _clients, scope.Cryptography, scope.Meter,
            compute.Market);
        compute.Watchers.Add(Module);
        World.Fund(Stage.Alice, Amount.FromDpn(1_000));
        var genesis = new GenesisContext
        {
            ChainId = 1_337_000,
            Timestamp = 0,
            IsDevelopment = true,
            TotalSupply = World.TotalSupply,
            Validators = [],
            Forks = ForkSchedule.None,
        };
        Tokens.Initialize(
            new TokensGenesis { Tokens = [new GenesisToken("One", "ONE", 6, default, [new GenesisHolding(Stage.Alice, 5_000)])] }, genesis);
        compute.Escrow.Initialize(new EscrowGenesis(), genesis);
        compute.Market.Initialize(new ComputeMarketGenesis { MatchFee = Amount.Parse("0.001") }, genesis);
        Module.Initialize(new PacketsGenesis { LaneFee = Amount.FromDpn(2), WindowBlocks = 10 }, genesis);
        Now = OtherNetwork.TimeOf(_height) + 5;
        Send(LightClientsCalls.CreateClient(OtherNetwork.ChainId, 3_600, Other.At(_height).Encode()), to: _clients);
    }

    public InMemoryWorld World { get; } = new();

    public TokensModule Tokens { get; }

    public PacketsModule Module { get; }

    public OtherNetwork Other { get; } = new();

    public ulong Now { get; private set; }

    public ulong Block { get; set; } = 1;

    /// <summary>The last believed header's height.</summary>
    public ulong Height => _height;

    public static Hash256 LocationOf(ulong slot, ulong lane, ulong sequence) =>
        StorageLocation.OfNumberKey(sequence, StorageLocation.OfNumberKey(lane, StorageLocation.OfSlot(slot)));

    /// <summary>RLP of a packet to here, made by hand.</summary>
    public static byte[] PacketOf(
        ulong sequence, byte[] body, string port = "transfer", ulong timeout = ulong.MaxValue, ulong[]? route = null, string version = "1")
    {
        RlpWriter writer = new();
        int packet = writer.BeginList();
        foreach (ulong part in route ?? [OtherNetwork.ChainId, There, 1_337_000, Lane]) writer.Write(part);
        writer.Write(sequence);
        writer.Write(timeout);
        int list = writer.BeginList(), payload = writer.BeginList();
        foreach (string word in new[] { port, port, version, "rlp" }) writer.Write(Encoding.ASCII.GetBytes(word));
        writer.Write(body);
        writer.EndList(payload);
        writer.EndList(list);
        writer.EndList(packet);
        return writer.ToArray();
    }

    /// <summary>RLP of a transfer, made by hand.</summary>
    public static byte[] NoteOf(string denomination, UInt128 amount, Address receiver, string symbol = "FAR", byte decimals = 18)
    {
        RlpWriter writer = new();
        int note = writer.BeginList();
        writer.Write(Encoding.ASCII.GetBytes(denomination));
        writer.Write(Encoding.ASCII.GetBytes(symbol));
        writer.Write((ulong)decimals);
        writer.Write(amount);
        writer.Write(Stage.Bob);
        writer.Write(receiver);
        writer.Write([]);
        writer.EndList(note);
        return writer.ToArray();
    }

    /// <summary>RLP of an acknowledgement, made by hand.</summary>
    public static byte[] WrittenOf(ulong succeeded, params byte[][] results)
    {
        RlpWriter writer = new();
        int written = writer.BeginList();
        writer.Write(succeeded);
        int list = writer.BeginList();
        foreach (byte[] result in results) writer.Write(result);
        writer.EndList(list);
        writer.EndList(written);
        return writer.ToArray();
    }

    public void Open() => Send(PacketsCalls.OpenLane(Lane, There), Amount.FromDpn(2));

    /// <summary>Makes the light client believe the other network's state as it is now.</summary>
    public void Believe()
    {
        // Never the next height: a made-up header has no parent.
        _height += 2;
        Now = Math.Max(Now, OtherNetwork.TimeOf(_height) + 5);
        Send(LightClientsCalls.UpdateClient(Lane, Other.At(_height).Encode()), to: _clients);
    }

    /// <summary>Lets time pass there and here.</summary>
    public void Wait(ulong blocks)
    {
        _height += blocks;
        Believe();
    }

    /// <summary>The call that receives what the other network claims to have sent.</summary>
    public byte[] Claimed(ulong sequence, byte[] packet)
    {
        Hash256 location = LocationOf(1, There, sequence);
        Other.Claim(Packets, location, RecordCodecs.Hash256.Encode(Keccak256.Hash(packet)));
        Believe();
        AccountProof proof = Other.Prove(Packets, location);
        return PacketsCalls.ReceivePackets(Lane, _height, proof.Nodes, [new SentProof(packet, proof.Records[0].Nodes)]);
    }

    /// <summary>The call that concludes with what the other network claims to have written.</summary>
    public byte[] Concluded(ulong sequence, byte[] written)
    {
        Hash256 location = LocationOf(3, There, sequence);
        Other.Claim(Packets, location, RecordCodecs.Hash256.Encode(Keccak256.Hash(written)));
        Believe();
        AccountProof proof = Other.Prove(Packets, location);
        return PacketsCalls.AcknowledgePackets(
            Lane, _height, proof.Nodes, [new WrittenProof(sequence, written, proof.Records[0].Nodes)]);
    }

    /// <summary>The call that proves that nothing was received, by the header believed last.</summary>
    public byte[] Absent(ulong sequence)
    {
        AccountProof proof = Other.Prove(Packets, LocationOf(2, There, sequence));
        return PacketsCalls.TimeOutPackets(Lane, _height, proof.Nodes, [new AbsenceProof(sequence, proof.Records[0].Nodes)]);
    }

    /// <summary>What two certificates for one height do.</summary>
    public void Freeze() => Send(
        LightClientsCalls.SubmitMisbehaviour(
            Lane, LightClientAttack.Between(Other.At(_height + 1), Other.At(_height + 1, text: "second"))!.Encode()),
        to: _clients);

    public byte[] Send(byte[] calldata, Amount value = default, Address? sender = null, IModule? to = null)
    {
        int before = World.Snapshot();
        Address from = sender ?? Stage.Alice;
        IModule module = to ?? Module;
        BlockContext sample = Stage.BlockAt(Block);
        var block = new BlockContext
        {
            ChainId = sample.ChainId,
            Number = Block,
            Timestamp = Now,
            Proposer = sample.Proposer,
            ParentHash = sample.ParentHash,
            ParentMix = sample.ParentMix,
            BaseFee = sample.BaseFee,
            GasLimit = sample.GasLimit,
            Randomness = sample.Randomness,
            Forks = sample.Forks,
        };
        try
        {
            World.Transfer(from, module.Address, value);
            return module.Dispatch(Stage.CallBy(from, World, block, value), calldata);
        }
        catch (Revert)
        {
            World.Revert(before);
            throw;
        }
    }

    public void Refuses<TError>(byte[] calldata, in TError expected, Amount value = default, Address? sender = null)
        where TError : struct, IError =>
        Assert.That(
            Hex.Encode(Stage.RevertOf(() => Send(calldata, value, sender))), Is.EqualTo(Hex.Encode(expected.Encode())), $"{expected}");

    public void Refused<TError>(byte[] calldata)
        where TError : struct, IError<TError> =>
        Assert.That(TError.TryDecode(Stage.RevertOf(() => Send(calldata)), out _), Is.True, typeof(TError).Name);

    /// <summary>What a port refuses does not end the call: the sender's acknowledgement carries the reason.</summary>
    public void Bounces<TError>(ulong sequence, byte[] packet, in TError expected)
        where TError : struct, IError
    {
        Send(Claimed(sequence, packet));
        Assert.That(
            Hex.Encode(Module.AcknowledgementOf(Lane, sequence)), Is.EqualTo(Hex.Encode(WrittenOf(0, expected.Encode()))), $"{expected}");
    }

    public void Dispose() => Other.Dispose();
}

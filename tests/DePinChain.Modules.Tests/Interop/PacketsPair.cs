using DePinChain.Modules.Economy;
using DePinChain.Modules.Interop;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Modules.Tests.Interop;

/// <summary>One of two networks with a lane between them: a whole chain in memory with tokens, light clients and packets.</summary>
internal sealed class PacketsSide : IDisposable
{
    public const ulong Gas = 16_000_000;

    private readonly SortedSet<ulong> _believed = [];

    public PacketsSide(ulong chainId, int tokens)
    {
        string[] list = [.. Enumerable.Range(1, tokens).Select(static number =>
            $$"""{"name":"Token {{number}}","symbol":"TK{{number}}","decimals":6"""
            + $$""","holdings":[{"address":"{{Person.Alice.Address}}","amount":"1000000"}]}""")];
        Chain = Scenario.WithCatalog(
            chainId,
            [
                FixedValidators.Description, TokensModule.Descriptor, TreasuryModule.Descriptor, .. NetworkMarket.Descriptors,
                LightClientsModule.Descriptor, PacketsModule.Descriptor,
            ],
            Create)
            .Funded([Person.Alice, Person.Bob], Amount.FromDpn(10_000))
            .WithSection("tokens", $$"""{"tokens":[{{string.Join(',', list)}}]}""")
            .WithSection("computeMarket", """{"biddingBlocks":5,"deploymentDepositMin":"0.01"}""")
            .WithSection("packets", """{"laneFee":"1","windowBlocks":100000,"releaseMax":"500"}""");
    }

    public Scenario Chain { get; }

    /// <summary>The lane's number here.</summary>
    public ulong Lane { get; set; }

    public static Address Packets => PacketsModule.Descriptor.Address;

    /// <summary>A header of the other network that lies behind the last blocks here in time, for its client to begin with.</summary>
    public ulong Follow(PacketsSide other)
    {
        Chain.AdvanceTo(other.Chain.Height);
        Outcome made = Chain.Send(
            Person.Alice,
            LightClientsCalls.CreateClient(other.Chain.ChainId, 800_000, other.Chain.LightHead.Encode()),
            to: LightClientsModule.Descriptor.Address).Succeeds();
        _believed.Add(other.Chain.Height);
        return made.Events<ClientCreated>()[0].Client;
    }

    /// <summary>Makes the lane's client believe the other network's last block.</summary>
    public ulong Believe(PacketsSide other)
    {
        ulong height = other.Chain.Height;
        if (!_believed.Add(height)) return height;
        Chain.AdvanceTo(height);
        Chain.Send(
            Person.Bob, LightClientsCalls.UpdateClient(Lane, other.Chain.LightHead.Encode()), to: LightClientsModule.Descriptor.Address)
            .Succeeds();
        return height;
    }

    public Outcome Send(Person from, byte[] calldata, Amount value = default) =>
        Chain.Send(from, calldata, value, Packets, Gas);

    public byte[] Ask(byte[] calldata)
    {
        Outcome answer = Chain.Query(calldata, Packets);
        return answer.Succeeds().ReturnData;
    }

    public UInt128 TokensOf(uint token, Person owner) => TokensCalls.BalanceOfResult(
        Chain.Query(TokensCalls.BalanceOf(token, owner.Address), TokensModule.Descriptor.Address).Succeeds().ReturnData);

    public ulong Now => Chain.LightHead.Timestamp;

    public void Dispose() => Chain.Dispose();

    private static IReadOnlyList<IModule> Create(ModuleScope scope)
    {
        TokensModule tokens = new(scope.StateOf(WellKnownAddresses.Tokens), scope.LogsOf(WellKnownAddresses.Tokens));
        TreasuryModule treasury = new(
            scope.StateOf(WellKnownAddresses.Treasury), scope.LogsOf(WellKnownAddresses.Treasury), scope.Issuer, tokens);
        LightClientsModule clients = new(
            scope.StateOf(WellKnownAddresses.LightClients), scope.LogsOf(WellKnownAddresses.LightClients));
        NetworkMarket compute = new(scope, tokens, treasury);
        PacketsModule packets = new(
            scope.StateOf(Packets), scope.LogsOf(Packets), scope.Bank, tokens, treasury, clients, scope.Cryptography, scope.Meter,
            compute.Market);
        compute.Watchers.Add(packets);
        return [new FixedValidators(), tokens, treasury, .. compute.All, clients, packets];
    }
}

/// <summary>Two networks, a lane between them, and the carrier of its packets.</summary>
internal sealed class PacketsPair : IDisposable
{
    public PacketsPair(int tokens = 1)
    {
        Left = new PacketsSide(1_337_000, tokens);
        Right = new PacketsSide(4_242, tokens);

        // Nobody seals block 0.
        Left.Chain.AdvanceTo(1);
        Right.Chain.AdvanceTo(1);

        // The two ends of a lane need not have one number.
        Right.Follow(Left);
        Left.Lane = Left.Follow(Right);
        Right.Lane = Right.Follow(Left);
        foreach ((PacketsSide side, PacketsSide other) in new[] { (Left, Right), (Right, Left) })
            side.Send(Person.Alice, PacketsCalls.OpenLane(side.Lane, other.Lane), Amount.One).Succeeds();
    }

    public PacketsSide Left { get; }

    public PacketsSide Right { get; }

    /// <summary>Sends coins of Alice to Bob on the other network.</summary>
    public static ulong Transfer(
        PacketsSide from, uint asset, UInt128 amount, ulong seconds = 3_600, Person? sender = null, Person? receiver = null) =>
        from.Send(
            sender ?? Person.Alice,
            PacketsCalls.Transfer(
                from.Lane, asset, amount, (receiver ?? Person.Bob).Address, from.Now + seconds, "rent"),
            asset == 0 ? new Amount(amount) : Amount.Zero).Succeeds().Events<PacketSent>()[0].Sequence;

    public static Outcome Receive(PacketsSide from, PacketsSide to, params ulong[] sequences)
    {
        byte[][] packets = [.. sequences.Select(sequence =>
            PacketsCalls.PacketOfResult(from.Ask(PacketsCalls.PacketOf(from.Lane, sequence))))];
        (ulong height, AccountProof proof) = ProofFor(to, from, sequences, static places => places.Commitment);
        return to.Send(Person.Bob, PacketsCalls.ReceivePackets(
            to.Lane, height, proof.Nodes, [.. packets.Select((packet, i) => new SentProof(packet, proof.Records[i].Nodes))]));
    }

    public static Outcome Acknowledge(PacketsSide at, PacketsSide there, params ulong[] sequences)
    {
        byte[][] written = [.. sequences.Select(sequence =>
            PacketsCalls.AcknowledgementOfResult(there.Ask(PacketsCalls.AcknowledgementOf(there.Lane, sequence))))];
        (ulong height, AccountProof proof) = ProofFor(at, there, sequences, static places => places.Acknowledgement);
        return at.Send(Person.Bob, PacketsCalls.AcknowledgePackets(
            at.Lane, height, proof.Nodes,
            [.. sequences.Select((sequence, i) => new WrittenProof(sequence, written[i], proof.Records[i].Nodes))]));
    }

    public static Outcome TimeOut(PacketsSide at, PacketsSide there, params ulong[] sequences)
    {
        (ulong height, AccountProof proof) = ProofFor(at, there, sequences, static places => places.Receipt);
        return at.Send(Person.Bob, PacketsCalls.TimeOutPackets(
            at.Lane, height, proof.Nodes, [.. sequences.Select((sequence, i) => new AbsenceProof(sequence, proof.Records[i].Nodes))]));
    }

    public static ulong[] Outstanding(PacketsSide side) =>
        PacketsCalls.OutstandingResult(side.Ask(PacketsCalls.Outstanding(side.Lane, 0, 1_000))).Sequences;

    public void Dispose()
    {
        Left.Dispose();
        Right.Dispose();
    }

    private static (ulong Height, AccountProof Proof) ProofFor(
        PacketsSide verifier, PacketsSide prover, ulong[] sequences,
        Func<(Hash256 Commitment, Hash256 Receipt, Hash256 Acknowledgement), Hash256> choice)
    {
        Hash256[] locations = [.. sequences.Select(sequence =>
            choice(PacketsCalls.LocationsOfResult(prover.Ask(PacketsCalls.LocationsOf(prover.Lane, sequence)))))];
        ulong height = verifier.Believe(prover);
        return (height, prover.Chain.Prove(PacketsSide.Packets, locations));
    }
}

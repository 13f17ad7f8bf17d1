using DePinChain.Modules.Attestations;
using DePinChain.Modules.Credentials;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Modules.Tests.Attestations;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Possession;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>
/// A chain with the storage modules and the localnet's periods: clients with funds, a provider that holds real payloads and proves them.
/// </summary>
internal sealed class StorageNetwork : IDisposable
{
    public const string MarketSection =
        """{"dealBlocksMin":60,"dealBlocksMax":76680,"startAheadMax":840,"activationGrace":30,"acceptBlocks":60,"lockBlocks":1800,""" +
        """ "noticeBlocks":420,"collateralBlocks":1800,"baselineBytes":1073741824,"dayBlocks":60}""";

    public const string SetsSection = """{"periodBlocks":30,"windowBlocks":15,"slashAfterFaults":7,"inactiveBlocks":1800}""";

    public const string SectorsSection =
        """{"periodBlocks":60,"deadlines":6,"lookbackBlocks":2,"cutoffBlocks":4,"preCommitDelay":3,"proveBlocksMax":120,""" +
        """ "ticketAgeMax":60,"faultPeriodsMax":3,"lifeBlocksMin":120,"lifeBlocksMax":76680,"developmentSizes":true,""" +
        """ "simpleTotal":"330000","baselineTotal":"770000","initialBaseline":1073741824}""";

    public const string CommitteesSection =
        """{"bondMin":"100","commitBlocks":10,"revealBlocks":5,"certificateBlocks":30,"disputeBlocks":120,"auditBlocks":10}""";

    /// <summary>A thousandth of a DPN a block.</summary>
    public static readonly UInt128 Price = 1_000_000_000_000_000;

    public static readonly Person Carol = new("carol");
    public static readonly Person Dora = new("dora");

    /// <summary>Keep shards and judge large seals, each through a worker.</summary>
    public static readonly IReadOnlyList<Person> Verifiers = [new("vera"), new("vito"), new("vida"), new("volker")];

    public static readonly IReadOnlyList<Person> Workers = [new("wanda"), new("wim"), new("wilma"), new("walter")];

    private static readonly FixedSeats Custodians = new([.. Verifiers.Select(static verifier => verifier.Address)]);
    private static readonly Address Market = WellKnownAddresses.StorageMarket;
    private static readonly Address Sets = WellKnownAddresses.DataSets;
    private readonly SortedDictionary<(ulong Set, ulong Piece), (byte[] Payload, PieceTree Tree)> _stored = [];

    public StorageNetwork(string sectors = SectorsSection, string committees = CommitteesSection) => Chain = Scenario
        .WithCatalog(
            [
                FixedValidators.Description, TokensModule.Descriptor, TreasuryModule.Descriptor, EmissionModule.Descriptor,
                AttestationsModule.Descriptor,
                StorageMarketModule.Descriptor, DataSetsModule.Descriptor, SealedSectorsModule.Descriptor,
                PaymentChannelsModule.Descriptor, RetrievalsModule.Descriptor, CredentialsModule.Descriptor,
            ],
            Catalog)
        .WithSection("storageMarket", MarketSection)
        .WithSection("dataSets", SetsSection)
        .WithSection("sealedSectors", sectors)
        .WithSection("paymentChannels", """{"settleDelayMin":30}""")
        .WithSection("retrievals", """{"intervalBlocks":10}""")
        .WithSection("attestations", committees)
        .WithSection(
            "tokens", $$"""{"tokens":[{"name":"USD on the localnet","symbol":"USDX","decimals":6,"minter":"{{Carol.Address}}"}]}""")
        .Funded(Person.Alice, Amount.FromDpn(1_000))
        .Funded(Person.Bob, Amount.FromDpn(1_000))
        .Funded(Carol, Amount.FromDpn(1_000))
        .Funded(Dora, Amount.FromDpn(1_000))
        .Funded([.. Verifiers, .. Workers], Amount.FromDpn(200));

    public Scenario Chain { get; }

    public ulong Height => Chain.Height;

    public void Dispose() => Chain.Dispose();

    public static IReadOnlyList<IModule> Catalog(ModuleScope scope)
    {
        TokensModule tokens = new(scope.StateOf(WellKnownAddresses.Tokens), scope.LogsOf(WellKnownAddresses.Tokens));
        TreasuryModule treasury = new(
            scope.StateOf(WellKnownAddresses.Treasury), scope.LogsOf(WellKnownAddresses.Treasury), scope.Issuer, tokens);
        EmissionModule emission = new(
            scope.StateOf(WellKnownAddresses.Emission), scope.LogsOf(WellKnownAddresses.Emission), scope.Issuer);
        JobKinds kinds = new();
        Address attestationsAt = WellKnownAddresses.Attestations;
        AttestationsModule attestations = new(
            scope.StateOf(attestationsAt), scope.LogsOf(attestationsAt), scope.Bank, scope.Cryptography, treasury, Custodians, kinds);
        ClientPolicies policies = new();
        StorageMarketModule market = new(
            scope.StateOf(Market), scope.LogsOf(Market), scope.Bank, scope.Cryptography, tokens, treasury, emission, policies);
        DataSetsModule sets = new(scope.StateOf(Sets), scope.LogsOf(Sets), scope.Bank, market);
        Address channelsAt = WellKnownAddresses.PaymentChannels;
        Address sealedAt = WellKnownAddresses.SealedSectors;
        SealedSectorsModule sectors = new(
            scope.StateOf(sealedAt), scope.LogsOf(sealedAt), scope.Bank, scope.Meter, treasury, emission, market,
            attestations);
        kinds.Add(sectors).Add(sectors.WindowJudging);
        PaymentChannelsModule channels = new(
            scope.StateOf(channelsAt), scope.LogsOf(channelsAt), scope.Bank, scope.Cryptography, tokens, treasury, market);
        Address retrievalsAt = WellKnownAddresses.Retrievals;
        RetrievalsModule retrievals = new(
            scope.StateOf(retrievalsAt), scope.LogsOf(retrievalsAt), scope.Bank, market, attestations, [market, sectors]);
        kinds.Add(retrievals);
        Address credentialsAt = WellKnownAddresses.Credentials;
        CredentialsModule credentials = new(
            scope.StateOf(credentialsAt), scope.LogsOf(credentialsAt), scope.Bank, tokens, scope.Cryptography);
        policies.AnsweredBy(credentials);
        return [new FixedValidators(), tokens, treasury, emission, attestations, market, sets, sectors, channels, retrievals, credentials];
    }

    /// <summary>A payload of its own for each number, and its piece.</summary>
    public static byte[] Payload(int number, int size = 1_000) =>
        [.. Enumerable.Range(0, size).Select(i => (byte)(((i * 7) + number) & 255))];

    public static PieceCid Piece(int number, int size = 1_000) => PieceHasher.Of(Payload(number, size));

    /// <summary>Bob's provider 1 with collateral, Alice with escrow.</summary>
    public StorageNetwork Open()
    {
        ToMarket(Person.Bob, StorageMarketCalls.RegisterProvider(default, "https://bob.example", [1])).Succeeds();
        Deposit(Person.Bob, Amount.FromDpn(10));
        Deposit(Person.Alice, Amount.FromDpn(100));
        return this;
    }

    public Outcome ToMarket(Person who, byte[] calldata, Amount value = default) => Chain.Send(who, calldata, value, Market);

    public Outcome ToSets(Person who, byte[] calldata, Amount value = default) => Chain.Send(who, calldata, value, Sets);

    public void Deposit(Person who, Amount amount) =>
        ToMarket(who, StorageMarketCalls.Deposit(who.Address, default, amount.Wei), amount).Succeeds();

    public EscrowRecord Escrow(Person who, Address token = default) =>
        StorageMarketCalls.GetEscrowResult(Chain.Query(StorageMarketCalls.GetEscrow(who.Address, token), Market).Succeeds().ReturnData);

    public DealRecord Deal(ulong id) =>
        StorageMarketCalls.GetDealResult(Chain.Query(StorageMarketCalls.GetDeal(id), Market).Succeeds().ReturnData);

    public ContainerRecord Container(ulong id) =>
        StorageMarketCalls.GetContainerResult(Chain.Query(StorageMarketCalls.GetContainer(id), Market).Succeeds().ReturnData);

    public DataSetRecord DataSet(ulong id) =>
        DataSetsCalls.GetDataSetResult(Chain.Query(DataSetsCalls.GetDataSet(id), Sets).Succeeds().ReturnData);

    public PossessionDuty Duty(ulong id) =>
        DataSetsCalls.NextDutyResult(Chain.Query(DataSetsCalls.NextDuty(id), Sets).Succeeds().ReturnData);

    /// <summary>Terms that the market accepts: from 20 blocks ahead, for 90 blocks, at <see cref="Price"/>.</summary>
    public DealProposal Terms(int piece = 1, ulong nonce = 0, ulong start = 0, ulong blocks = 90)
    {
        if (start == 0) start = Height + 20;
        return new DealProposal(
            Piece(piece).Encode(), Person.Alice.Address, 1, DealClass.Possession, start, start + blocks, Price, Amount.One,
            Amount.FromDpn(2), 5, 0, default, Hash256.Zero, nonce);
    }

    public static byte[] Sign(Person who, DealProposal terms) => who.Key.Sign(DealSigning.DigestOf(1_337_000, terms)).ToArray();

    /// <summary>Bob publishes terms that Alice signed.</summary>
    public ulong Publish(DealProposal terms)
    {
        Outcome outcome = ToMarket(Person.Bob, StorageMarketCalls.PublishDeals(1, [terms], [Sign(Person.Alice, terms)])).Succeeds();
        Assert.That(outcome.Events<ProposalSkipped>(), Is.Empty);
        return outcome.Events<DealPublished>().Single().Id;
    }

    public ulong CreateSet() => ToSets(Person.Bob, DataSetsCalls.CreateDataSet(1), Amount.Parse("0.1")).Succeeds()
        .Events<DataSetCreated>().Single().SetId;

    /// <summary>Bob puts a payload into a set.</summary>
    public void Add(ulong set, int piece, ulong deal, int size = 1_000)
    {
        byte[] payload = Payload(piece, size);
        Outcome outcome = ToSets(Person.Bob, DataSetsCalls.AddPieces(set, [PieceHasher.Of(payload).Encode()], [deal])).Succeeds();
        Keep(set, outcome.Events<PiecesAdded>().Single().First, payload);
    }

    public void Keep(ulong set, ulong number, byte[] payload)
    {
        PieceTree.Builder builder = new();
        builder.Append(payload);
        _stored[(set, number)] = (payload, builder.Finish());
    }

    /// <summary>The proof of the period that is due, made from the payloads.</summary>
    public PdpProof[] MakeProof(ulong set, ulong period)
    {
        (_, ulong[] pieces, ulong[] offsets) =
            DataSetsCalls.ChallengesResult(Chain.Query(DataSetsCalls.Challenges(set, period), Sets).Succeeds().ReturnData);
        PdpProof[] proofs = new PdpProof[pieces.Length];
        for (int at = 0; at < proofs.Length; at++)
        {
            (byte[] payload, PieceTree tree) = _stored[(set, pieces[at])];
            int from = (int)PieceTree.BlockOffset(offsets[at]);
            PossessionProof proof = tree.Prove(offsets[at], payload.AsSpan(from, Math.Min(PieceTree.BlockSize, payload.Length - from)));
            proofs[at] = new PdpProof(
                new Hash256(proof.Leaf), [.. proof.Siblings.Chunk(32).Select(static node => new Hash256(node))]);
        }

        return proofs;
    }

    /// <summary>Waits for the next challenge of a set and lets anybody prove it; tells the period.</summary>
    public ulong Prove(ulong set, Person? by = null)
    {
        PossessionDuty duty = Duty(set);
        Chain.AdvanceTo(duty.Opens);
        ToSets(by ?? Person.Bob, DataSetsCalls.ProvePossession(set, duty.Period, MakeProof(set, duty.Period))).Succeeds();
        return duty.Period;
    }

    /// <summary>Lets the next challenge pass without proof; tells the period.</summary>
    public ulong Miss(ulong set)
    {
        PossessionDuty duty = Duty(set);
        Chain.AdvanceTo(duty.Closes);
        ToSets(Dora, DataSetsCalls.ClosePeriods(set)).Succeeds();
        return duty.Period;
    }

    public Outcome Settle(params ulong[] deals) => ToMarket(Dora, StorageMarketCalls.SettleDeals(deals)).Succeeds();
}

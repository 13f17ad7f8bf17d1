using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Attestations;
using DePinChain.Modules.Tests.Staking;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Sdk.Stage;

namespace DePinChain.Modules.Tests.Economy;

/// <summary>Rounds of five blocks, an average over thirty, a price that is of use for 25 blocks after the last agreement.</summary>
public sealed class OracleTests
{
    private const ulong Dollar = OraclePolicy.Dollar;
    private static readonly Address Other = Address.FromLow(0xd00d);
    private static readonly OracleGenesis Localnet = new() { AverageBlocks = 30 };

    private static readonly Address[] Four =
        [Address.FromLow(0x701), Address.FromLow(0x702), Address.FromLow(0x703), Address.FromLow(0x704)];

    [Test]
    public void A_rounds_price_is_the_median_of_a_quorum()
    {
        // 1.00, 1.02, 5.00 and silence: three of four seats of equal stake. The lower median by stake is 1.02, whatever the outlier says.
        Reporters network = new(Four, Localnet);
        network.Report(1, 0, (Four[0], Dollar), (Four[1], 1_020_000_000), (Four[2], 5 * Dollar));
        network.RunTo(5);
        PriceQuote quote = network.Oracle.Quote(5);
        Assert.That(quote, Is.EqualTo(new PriceQuote(true, 1_020_000_000, 1_020_000_000, 5)));
        Assert.That(
            network.Oracle.LastRound(),
            Is.EqualTo(new RoundResult(0, 3, Amount.FromDpn(3), Amount.FromDpn(4), 1_020_000_000, 1_020_000_000)));
        Assert.That(
            network.EventsOf<PriceUpdated>(), Is.EqualTo(new[] { new PriceUpdated(0, 1_020_000_000, 1_020_000_000, 1_020_000_000, 3) }));
    }

    [Test]
    public void Without_three_reports_or_two_thirds_of_the_stake_the_price_stands()
    {
        Reporters network = new(Four, Localnet);
        network.Report(1, 0, (Four[0], Dollar), (Four[1], Dollar));
        network.RunTo(5);
        Assert.That(network.Oracle.Quote(5), Is.EqualTo(default(PriceQuote)));
        Assert.That(
            network.EventsOf<QuorumMissed>(), Is.EqualTo(new[] { new QuorumMissed(0, 2, Amount.FromDpn(2), Amount.FromDpn(4)) }));

        // Three small seats with 3 of 13 coins are no quorum either.
        OracleParameters rules = OracleParameters.Mainnet;
        Assert.That(OraclePolicy.IsQuorum(3, Amount.FromDpn(3), 4, Amount.FromDpn(13), rules), Is.False);
        Assert.That(OraclePolicy.IsQuorum(3, Amount.FromDpn(8), 4, Amount.FromDpn(12), rules), Is.True, "exactly two thirds");
        Assert.That(OraclePolicy.IsQuorum(1, Amount.One, 1, Amount.One, rules), Is.True, "one seat, one report");
        Assert.That(OraclePolicy.IsQuorum(0, Amount.Zero, 0, Amount.Zero, rules), Is.False);
    }

    [Test]
    public void A_price_moves_by_a_hundredth_for_each_block()
    {
        // Five blocks a round: from 1.00 towards 2.00 by 5 % a round, 1.05 and then 1.1025; down towards 0.50 to 1.047375.
        Reporters network = new(Four, Localnet);
        network.Agree(0, Dollar);
        network.Agree(1, 2 * Dollar);
        Assert.That(network.Oracle.Quote(10).Spot, Is.EqualTo(1_050_000_000));
        network.Agree(2, 2 * Dollar);
        Assert.That(network.Oracle.Quote(15).Spot, Is.EqualTo(1_102_500_000));
        network.Agree(3, Dollar / 2);
        Assert.That(network.Oracle.Quote(20).Spot, Is.EqualTo(1_047_375_000));

        // However long nobody agreed, no more than 25 blocks count, and never more than half.
        OracleParameters rules = OracleParameters.Mainnet;
        Assert.That(OraclePolicy.Bounded(Dollar, 9 * Dollar, 10_000, rules), Is.EqualTo(1_250_000_000));
        Assert.That(OraclePolicy.Bounded(Dollar, 1, 10_000, rules with { MoveMaxBps = 1_000 }), Is.EqualTo(500_000_000));
    }

    [Test]
    public void The_average_weighs_each_price_by_its_blocks()
    {
        // 1.00 from block 5, 1.05 from 10, 1.10 from 15: at 35 the last thirty blocks are 5 · 1.00 + 5 · 1.05 + 20 · 1.10.
        Reporters network = new(Four, Localnet);
        network.Agree(0, Dollar);
        Assert.That(network.Oracle.Quote(5).Average, Is.EqualTo(1_000_000_000), "a price that is new");
        network.Agree(1, 1_050_000_000);
        Assert.That(network.Oracle.Quote(12).Average, Is.EqualTo((5_000_000_000 + 2_100_000_000) / 7), "no older than the oracle itself");
        network.Agree(2, 1_100_000_000);
        Assert.That(network.Oracle.Quote(35).Average, Is.EqualTo((5_000_000_000 + 5_250_000_000 + 22_000_000_000) / 30));
        Assert.That(network.Oracle.Quote(38).Average, Is.EqualTo((2_000_000_000 + 5_250_000_000 + 25_300_000_000) / 30));
    }

    [Test]
    public void Without_agreement_the_price_goes_stale_once()
    {
        Reporters network = new(Four, Localnet);
        network.Agree(0, Dollar);
        network.RunTo(60);
        Assert.That(network.Oracle.Quote(30).IsFresh, Is.True);
        Assert.That(network.Oracle.Quote(31).IsFresh, Is.False);
        Assert.That(network.EventsOf<PriceWentStale>(), Is.EqualTo(new[] { new PriceWentStale(5) }));
        network.Agree(12, Dollar);
        Assert.That(network.Oracle.Quote(65).IsFresh, Is.True);
    }

    [Test]
    public void A_network_for_one_machine_has_a_fixed_price_until_validators_agree()
    {
        Reporters network = new(Four, Localnet with { FixedPrice = 2 * Dollar });
        network.RunTo(1_000);
        Assert.That(network.Oracle.Quote(1_000), Is.EqualTo(new PriceQuote(true, 2 * Dollar, 2 * Dollar, 0)));
        Assert.That(network.EventsOf<PriceWentStale>(), Is.Empty);

        // 25 blocks count at most, so 2.50; from then on as everywhere.
        network.Agree(200, 4 * Dollar);
        Assert.That(network.Oracle.Quote(1_005).Spot, Is.EqualTo(2_500_000_000));
        network.RunTo(1_031);
        Assert.That(network.Oracle.Quote(1_031).IsFresh, Is.False);
        GenesisContext production = Reporters.Context(isDevelopment: false);
        byte[] refused = RevertOf(() => new Reporters(Four, null).Oracle.Initialize(new OracleGenesis { FixedPrice = 7 }, production));
        Assert.That(refused, Is.EqualTo(new FixedPriceNotAllowed(7).Encode()));
    }

    [Test]
    public void Each_refusal_has_its_reason()
    {
        Reporters network = new(Four, Localnet);
        network.RunTo(7);
        network.Refuses(Other, OracleCalls.Report(1, Dollar), new NotAReporter(Other));
        network.Refuses(Four[0], OracleCalls.Report(0, Dollar), new WrongRound(0, 1));
        network.Refuses(Four[0], OracleCalls.Report(2, Dollar), new WrongRound(2, 1));
        network.Refuses(Four[0], OracleCalls.Report(1, 0), new InvalidPrice(0, OraclePolicy.PriceMax));
        ulong most = OraclePolicy.PriceMax;
        network.Refuses(Four[0], OracleCalls.Report(1, most + 1), new InvalidPrice(most + 1, most));
        network.Send(Four[0], OracleCalls.Report(1, OraclePolicy.PriceMax));
        network.Refuses(Four[0], OracleCalls.Report(1, Dollar), new AlreadyReported(Four[0], 1));
        network.Refuses(Other, OracleCalls.SetReporter(Alice), new NotAReporter(Other));
        network.Send(Four[0], OracleCalls.SetReporter(Other));
        network.Refuses(Four[1], OracleCalls.SetReporter(Other), new ReporterTaken(Other));
        network.Refuses(Four[1], OracleCalls.SetReporter(Four[2]), new ReporterTaken(Four[2]));
    }

    [Test]
    public void A_named_account_reports_for_its_validator_until_another_is_named()
    {
        Reporters network = new(Four, Localnet);
        network.Send(Four[0], OracleCalls.SetReporter(Other));
        network.Send(Other, OracleCalls.Report(0, Dollar));
        network.Refuses(Four[0], OracleCalls.Report(0, Dollar), new AlreadyReported(Four[0], 0));
        Assert.That(network.Oracle.RoundReports(BlockAt(1)).Select(report => report.Price), Is.EqualTo(new[] { Dollar, 0UL, 0UL, 0UL }));
        Assert.That(network.Oracle.GetReporter(Four[0]), Is.EqualTo(Other));
        network.Send(Four[0], OracleCalls.SetReporter(Alice));
        network.RunTo(6);
        network.Refuses(Other, OracleCalls.Report(1, Dollar), new NotAReporter(Other));
        network.Send(Alice, OracleCalls.Report(1, Dollar));
        network.Send(Four[0], OracleCalls.SetReporter(Address.Zero));
        network.Refuses(Alice, OracleCalls.Report(1, Dollar), new NotAReporter(Alice));
    }

    [Test]
    public void Dollars_become_coins_and_back_without_gain()
    {
        // At 3 dollars 19 dollars are 6.333… coins; at 0.35 they are 54.285714285714285714.
        Assert.That(OraclePolicy.ToCoins(19 * Dollar, 3 * Dollar, Rounding.Down), Is.EqualTo(Amount.Parse("6.333333333333333333")));
        Assert.That(OraclePolicy.ToCoins(19 * Dollar, 3 * Dollar, Rounding.Up), Is.EqualTo(Amount.Parse("6.333333333333333334")));
        Assert.That(OraclePolicy.ToDollars(Amount.Parse("6.333333333333333333"), 3 * Dollar), Is.EqualTo((UInt128)18_999_999_999));
        Random random = new(3);
        for (int i = 0; i < 1_000; i++)
        {
            UInt128 dollars = (UInt128)random.NextInt64();
            ulong price = (ulong)random.NextInt64(1, 1L << 60);
            Assert.That(OraclePolicy.ToDollars(OraclePolicy.ToCoins(dollars, price, Rounding.Down), price), Is.LessThanOrEqualTo(dollars));
        }
    }

    [Test]
    public void The_average_is_what_adding_block_by_block_gives()
    {
        // An independent model: a list with the price of each block.
        Random random = new(11);
        Reporters network = new(Four, Localnet);
        List<ulong> prices = [];
        for (ulong round = 0; round < 60; round++)
        {
            if (random.Next(3) > 0) network.Agree(round, (ulong)random.NextInt64(1, 1 << 30));
            else network.RunTo((round + 1) * 5);
            ulong spot = network.Oracle.Quote(network.Height).Spot;
            for (int i = 0; i < 5; i++) prices.Add(spot);
            ulong now = ((round + 1) * 5) + (ulong)random.Next(5);
            ulong[] known = [.. prices.Take((int)(now - 5)).TakeLast(30).SkipWhile(static price => price == 0)];
            if (known.Length == 0) continue;
            ulong expected = (ulong)(known.Aggregate(UInt128.Zero, (sum, price) => sum + price) / (UInt128)known.Length);
            Assert.That(network.Oracle.Quote(now).Average, Is.EqualTo(expected), $"at {now}");
        }
    }

    private sealed class Reporters
    {
        private readonly InMemoryWorld _world = new();

        public Reporters(IReadOnlyList<Address> operators, OracleGenesis? genesis)
        {
            ModuleScope scope = _world.Scope(new TestCryptography());
            Oracle = new OracleModule(
                scope.StateOf(WellKnownAddresses.Oracle), scope.LogsOf(WellKnownAddresses.Oracle), new FixedSeats(operators));
            if (genesis is not null) Oracle.Initialize(genesis, Context(isDevelopment: true));
        }

        public OracleModule Oracle { get; }

        public ulong Height { get; private set; }

        public static GenesisContext Context(bool isDevelopment) => new()
        {
            ChainId = HotKey.ChainId,
            Timestamp = 0,
            IsDevelopment = isDevelopment,
            TotalSupply = Amount.Zero,
            Validators = [],
            Forks = ForkSchedule.None,
        };

        public void RunTo(ulong height)
        {
            while (Height < height)
            {
                Oracle.BeginBlock(BlockAt(++Height));
                Assert.That(Oracle.Violations(), Is.Empty);
            }
        }

        public void Send(Address from, byte[] call) => Oracle.Dispatch(CallBy(from, _world, BlockAt(Height)), call);

        public void Report(ulong height, ulong round, params (Address Validator, ulong Price)[] reports)
        {
            RunTo(height);
            foreach ((Address validator, ulong price) in reports) Send(validator, OracleCalls.Report(round, price));
        }

        /// <summary>All report the same in a round, which is then closed.</summary>
        public void Agree(ulong round, ulong price)
        {
            Report((round * 5) + 1, round, [.. Four.Select(validator => (validator, price))]);
            RunTo((round + 1) * 5);
        }

        public void Refuses<TError>(Address from, byte[] call, in TError error)
            where TError : struct, IError => Assert.That(RevertOf(() => Send(from, call)), Is.EqualTo(error.Encode()), error.ToString());

        public IReadOnlyList<TEvent> EventsOf<TEvent>()
            where TEvent : struct, IEvent<TEvent> => [.. _world.Logs.Select(static log => log.As<TEvent>()).OfType<TEvent>()];
    }
}

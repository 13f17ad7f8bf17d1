using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Modules.Tests.Staking;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>
/// The work of a block's start with mainnet's period and many providers, in units; a step has its share of 4,000.
/// </summary>
public sealed class SectorWorkTests
{
    private const int Sectors = 256;

    [Test]
    public void Windows_of_ten_thousand_providers_stay_within_the_share()
    {
        // 10,000 providers with every one of 48 deadlines in use close 10,000 · 48 / 7,200 = 67 windows a block; 160 is what a block
        // takes. Deals, a million or none, have no part in it. Here 400 close at once, each full and each missed, which is the dearest.
        Crowd crowd = new(providers: 400);
        ulong most = 0;
        int blocks = 0;
        int closed = 0;
        while (closed < 400)
        {
            (ulong units, int windows) = crowd.Next();
            most = Math.Max(most, units);
            closed += windows;
            blocks++;
        }

        TestContext.Out.WriteLine($"{most} units in the worst of {blocks} blocks");
        Assert.That(most, Is.LessThan(WorkBudget.UnitsPerShare));
        Assert.That(blocks, Is.LessThanOrEqualTo(6), "67 a block come in, so none waits for long");
    }

    private sealed class Crowd
    {
        private readonly InMemoryWorld _world = new();
        private readonly MeteredWorld _metered;
        private readonly IReadOnlyList<IModule> _modules;
        private readonly SealedSectorsModule _sectors;
        private ulong _height = 20_000;

        public Crowd(int providers)
        {
            _metered = new MeteredWorld(_world);
            ModuleScope scope = new(_metered, _world, _world, new NoCryptography(), _world);
            _modules = StorageNetwork.Catalog(scope);
            _sectors = _modules.OfType<SealedSectorsModule>().Single();
            GenesisContext genesis = new()
            {
                ChainId = 1,
                Timestamp = 0,
                IsDevelopment = false,
                TotalSupply = Amount.FromDpn(500_000_000),
                Forks = ForkSchedule.None,
                Validators = [],
            };
            _modules.OfType<EmissionModule>().Single().Initialize(new EmissionGenesis(), genesis);
            _modules.OfType<StorageMarketModule>().Single().Initialize(new StorageMarketGenesis(), genesis);
            _sectors.Initialize(new SealedSectorsGenesis(), genesis);
            SectorBook book = new(scope.StateOf(WellKnownAddresses.SealedSectors), scope.LogsOf(WellKnownAddresses.SealedSectors));
            StorageRewards rewards = new(
                scope.StateOf(WellKnownAddresses.SealedSectors), scope.LogsOf(WellKnownAddresses.SealedSectors),
                _modules.OfType<EmissionModule>().Single());
            ProvingCalendar calendar = new(SectorKind.ThirtyTwoGiB, 0, 7_200, 48, 10, 60);
            for (ulong provider = 1; provider <= (ulong)providers; provider++)
            {
                book.Begin(provider, calendar);
                SectorRecord record = new(
                    SectorState.PreCommitted, default, default, default, 1, 1, 9_000_000, default, default, 0, 0, 0, 0, default, []);
                book.Save(provider, 1, book.Place(provider, 1, record, calendar, home: 5, now: _height));
                PartitionRecord full = book.PartitionOf(provider, SealedSectorsPolicy.PartitionOf(5, 0));
                book.SavePartition(
                    provider, SealedSectorsPolicy.PartitionOf(5, 0),
                    full with { Places = Sectors, Live = UInt256.MaxValue, Unproven = UInt256.Zero });
                rewards.Add(provider, Sectors * SectorShape.Of(SectorKind.ThirtyTwoGiB).Bytes);
            }

            _height = calendar.CloseOf(calendar.NextPeriodOf(5, _height), 5) - 1;
        }

        public (ulong Units, int Windows) Next()
        {
            _height++;
            _metered.Start();
            int before = _world.Logs.Count;
            ulong charged = _world.GasCharged;
            _sectors.BeginBlock(Block(_height));
            int windows = _world.Logs.Skip(before).Count(static log => log.As<WindowMissed>() is not null);
            return (_metered.Units + ((_world.GasCharged - charged) / WorkBudget.GasPerUnit), windows);
        }

        private static BlockContext Block(ulong height) => new()
        {
            ChainId = 1,
            Number = height,
            Timestamp = 12 * height,
            Proposer = Address.Zero,
            ParentHash = Hash256.Zero,
            ParentMix = Hash256.Zero,
            BaseFee = Amount.Zero,
            GasLimit = 60_000_000,
            Forks = ForkSchedule.None,
            Randomness = new Randomness(1, height, static _ => null),
        };
    }
}

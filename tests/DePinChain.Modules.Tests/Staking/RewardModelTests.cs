using System.Numerics;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;
using static DePinChain.Modules.Tests.Staking.StakingNetwork;

namespace DePinChain.Modules.Tests.Staking;

/// <summary>
/// Rewards of random histories against <see cref="NaiveRewards"/>: delegations, unbondings, redelegations, withdrawals, absences, jail,
/// slashes
/// and epochs. No delegator ever gets more than the exact fraction, and the loss is below three wei for each settlement it could have
/// shared in.
/// </summary>
public sealed class RewardModelTests
{
    private const int StepsPerHistory = 150;
    private const int Validators = 4;

    private static readonly Address[] People = [Alice, Bob, .. Enumerable.Range(1, Validators).Select(Operator)];

    [Test]
    public void F1_over_a_lazy_index_is_the_naive_walk_less_dust() => Prop.ForAll<int>(ArbMap.Default.ArbFor<int>(), seed =>
    {
        new History(seed).Run();
        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(10).WithEndSize(1_000_000));

    private sealed class History
    {
        private readonly Random _random;
        private readonly StakingNetwork _network;
        private readonly NaiveRewards _naive = new();
        private readonly SortedDictionary<(Address Delegator, Address Validator), BigInteger> _paid = [];
        private int _settlements;
        private int _eventsSeen;

        public History(int seed)
        {
            _random = new Random(seed);
            _network = With(
                Rules with { EpochBlocks = 7, ChurnDivisor = 2, MinSelfBond = Amount.One },
                NoEmission,
                [.. Enumerable.Range(1, Validators).Select(n => Founder(n, Amount.FromDpn((ulong)_random.Next(2, 60)), Commission(n)))]);
            Observe();
        }

        public void Run()
        {
            for (int step = 0; step < StepsPerHistory; step++)
            {
                if (_random.Next(3) == 0) Block();
                else Act();
                Observe();
            }

            foreach (Address delegator in People)
            {
                foreach (Address validator in People.Skip(2)) Compare(delegator, validator);
            }
        }

        private static ulong Commission(int number) => (ulong)number * 30_000_000_000_000_000;

        private void Compare(Address delegator, Address validator)
        {
            BigInteger got = (BigInteger)_network.Staking.PendingRewards(delegator, validator).Wei
                + (_paid.TryGetValue((delegator, validator), out BigInteger paid) ? paid : BigInteger.Zero);
            BigInteger exact = _naive.EarnedCeiling(delegator, validator);
            Assert.That(got, Is.LessThanOrEqualTo(exact), $"{delegator} with {validator} gained by rounding");
            BigInteger dust = (3 * _settlements) + 3;
            Assert.That(exact - got, Is.LessThanOrEqualTo(dust), $"{delegator} with {validator} lost more than dust");
        }

        // A block's pot, split as the formulas say; who earns is read from the network after the block judged presence.
        private void Block()
        {
            ValidatorSet deciders = _network.Height == 0 ? _network.DecidersOf(1) : _network.DecidersOf(_network.Height);
            Address[] absent = _network.Height == 0 ? [] : [.. deciders.Select(v => v.Address).Where(_ => _random.Next(4) == 0)];
            Misbehaviour[] evidence = _network.Height > 1 && _random.Next(40) == 0
                ? [new Misbehaviour(MisbehaviourKind.DuplicateVote, deciders[0].Address, _network.Height)]
                : [];
            Address proposer = deciders[_random.Next(deciders.Count)].Address;
            Amount pot = new((UInt128)_random.NextInt64(1, 1_000_000_000_000_000));
            _network.Next(pot, absent, evidence, proposer);
            _settlements += 2;

            UInt128 included = UInt128.Zero;
            var seats = new List<(Address, ulong, bool, ulong)>();
            foreach (Validator member in deciders)
            {
                Address validator = _network.Staking.OperatorOf(member.Address);
                bool isSigned = !absent.Contains(member.Address);
                if (isSigned && _network.Height > 1) included += member.Power;
                seats.Add((validator, member.Power, isSigned && IsFree(validator), CommissionOf(validator)));
            }

            PotSplit split = StakingPolicy.Split(pot, included, deciders.TotalPower, 20_000_000_000_000_000, 10_000_000_000_000_000);
            _naive.Pay(split.Shared.Wei, seats);
            Address builder = _network.Staking.OperatorOf(proposer);
            if (IsFree(builder)) _naive.Bonus(builder, split.Bonus.Wei, CommissionOf(builder));
        }

        private void Act()
        {
            Address who = People[_random.Next(People.Length)];
            Address validator = Operator(_random.Next(1, Validators + 1));
            UInt256 shares = _network.Delegation(who, validator).Shares;
            UInt256 some = shares * (UInt256)(ulong)_random.Next(1, 101) / 100UL;
            byte[] calldata = _random.Next(6) switch
            {
                0 or 1 => StakingCalls.Delegate(validator),
                2 => StakingCalls.Undelegate(validator, some),
                3 => StakingCalls.Redelegate(validator, Operator(_random.Next(1, Validators + 1)), some),
                4 => StakingCalls.WithdrawRewards(validator),
                _ => StakingCalls.Unjail(),
            };
            Amount value = Calldata.SelectorOf(calldata) == Calldata.SelectorOf(StakingCalls.Delegate(validator))
                ? new Amount((UInt128)_random.NextInt64(1_000_000_000_000_000, long.MaxValue))
                : Amount.Zero;

            // Refusals are part of a history: they change nothing.
            _network.Send(who, calldata, value);
            _settlements += 2;
        }

        // What was paid, and every share as it stands now.
        private void Observe()
        {
            IReadOnlyList<InMemoryLog> logs = _network.World.Logs;
            for (; _eventsSeen < logs.Count; _eventsSeen++)
            {
                if (logs[_eventsSeen].As<RewardsWithdrawn>() is not { } paid) continue;
                (Address, Address) key = (paid.Delegator, paid.Validator);
                _paid[key] = (BigInteger)paid.Amount.Wei + (_paid.TryGetValue(key, out BigInteger before) ? before : BigInteger.Zero);
            }

            foreach (Address delegator in People)
            {
                foreach (Address validator in People.Skip(2))
                    _naive.SetShares(delegator, validator, _network.Delegation(delegator, validator).Shares.ToBigInteger());
            }
        }

        private bool IsFree(Address validator) =>
            _network.Staking.GetValidator(validator).Status is not (ValidatorStatus.Jailed or ValidatorStatus.Tombstoned);

        private ulong CommissionOf(Address validator) => _network.Staking.GetValidator(validator).CommissionWad;
    }
}

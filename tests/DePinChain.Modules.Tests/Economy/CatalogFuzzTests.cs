using DePinChain.Blocks;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Node;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Economy;

/// <summary>
/// The whole catalog under calls that a seed draws out of its ABI: whatever happens, the coins of all accounts are genesis plus what was
/// minted less what was burned, in every block, and every module's invariants hold.
/// </summary>
public sealed class CatalogFuzzTests
{
    private const int Calls = 600;
    private static readonly Person[] People = [Person.Alice, Person.Bob, new("carol"), new("dora")];

    [TestCase(1UL)]
    [TestCase(2UL)]
    public void No_drawn_call_makes_or_loses_a_unit(ulong seed)
    {
        IReadOnlyList<ModuleDescriptor> catalog = [.. ModuleCatalog.Modules.Descriptors.Skip(1).SkipLast(1)];
        using Scenario chain = Scenario.WithCatalog(
            catalog, static scope => [.. ModuleCatalog.Modules.Create(scope).Skip(1)]);

        // The localnet's rules, but for its verifiers, whose bonds are other accounts'.
        foreach (GenesisModule section in LocalnetGenesis.Rules().Modules.Where(static section => section.Name != "attestations"))
            chain.WithSection(section.Name, section.Section.GetRawText());
        foreach (Person person in People) chain.Funded(person, Amount.FromDpn(100_000));
        (ModuleDescriptor Module, AbiFunction Function)[] calls =
        [
            .. catalog.SelectMany(static module => AbiJson.Parse(module.Abi).Functions
                .Where(static function => function.StateMutability is not ("view" or "pure")).Select(function => (module, function))),
        ];
        Draws draws = new(seed);
        SortedDictionary<string, int> done = new(StringComparer.Ordinal);
        for (int i = 0; i < Calls; i++)
        {
            (ModuleDescriptor module, AbiFunction function) = calls[draws.Below(calls.Length)];
            Amount value = function.StateMutability == "payable" ? draws.Coins() : Amount.Zero;
            byte[] data = function.EncodeCall([.. function.Inputs.Select(input => draws.Value(input.Type))]);
            Outcome outcome = chain.Send(People[draws.Below(People.Length)], data, value, module.Address);
            if (outcome.Succeeded) done[$"{module.Name}.{function.Name}"] = done.GetValueOrDefault($"{module.Name}.{function.Name}") + 1;
            if (i % 20 == 19) chain.AdvanceTo(chain.Height + 7);
            Conserves(chain);
        }

        TestContext.Out.WriteLine($"done: {string.Join(", ", done.Select(static one => $"{one.Key} {one.Value}"))}");
        Assert.That(done, Has.Count.GreaterThan(6), "some of it happens");
    }

    private static void Conserves(Scenario chain)
    {
        SupplyReport supply = EmissionCalls.SupplyResult(
            chain.Query(EmissionCalls.Supply(), WellKnownAddresses.Emission).Succeeds().ReturnData);
        Assert.That(chain.TotalHeld(), Is.EqualTo(supply.Total.ToUInt256()), $"at height {chain.Height}");
        Assert.That(supply.Genesis + supply.Minted - supply.Burned, Is.EqualTo(supply.Total));
    }

    /// <summary>Values of ABI types: small numbers, whole coins, people and modules, so that many calls pass the first checks.</summary>
    private sealed class Draws(ulong seed)
    {
        private ulong _state = seed;

        // splitmix64, for reproducible draws.
        public int Below(int bound)
        {
            unchecked
            {
                _state += 0x9e3779b97f4a7c15;
                ulong z = _state;
                z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
                z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
                return (int)((z ^ (z >> 31)) % (ulong)bound);
            }
        }

        public Amount Coins() => Below(4) switch
        {
            0 => Amount.Zero,
            1 => Amount.FromDpn((ulong)Below(20)),
            2 => Amount.FromDpn(100),
            _ => new Amount((UInt128)(uint)Below(1_000_000_000)),
        };

        public object? Value(AbiType type) => type.Kind switch
        {
            AbiKind.UnsignedInteger => Number(type.Size),
            AbiKind.SignedInteger => UInt256.Zero,
            AbiKind.Bool => Below(2) == 1,
            AbiKind.Address => Account(),
            AbiKind.FixedBytes => Word(type.Size),
            AbiKind.Bytes => new byte[Below(3) * 33],
            AbiKind.String => new string('a', 1 + Below(12)),
            AbiKind.Array => Enumerable.Range(0, Below(3)).Select(_ => Value(type.Element!)).ToArray(),
            AbiKind.FixedArray => Enumerable.Range(0, type.Size).Select(_ => Value(type.Element!)).ToArray(),
            _ => type.Components.Select(Value).ToArray(),
        };

        private UInt256 Number(int bits)
        {
            UInt256 drawn = Below(6) switch
            {
                0 => UInt256.Zero,
                1 or 2 => UInt256.One,
                3 => (ulong)Below(100),
                4 => (ulong)Below(1_000_000),
                _ => Coins().ToUInt256(),
            };
            return bits >= 128 || drawn < UInt256.One << bits ? drawn : UInt256.One;
        }

        private Address Account() => Below(5) == 0 ? Address.FromLow(0x1000 + (ulong)Below(16)) : People[Below(People.Length)].Address;

        private byte[] Word(int size)
        {
            byte[] word = new byte[size];
            word[^1] = (byte)Below(4);
            return word;
        }
    }
}

using System.Numerics;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Unit.Tests.State;

/// <summary>The state as plain sorted dictionaries that are copied whole, with the root from <see cref="NaiveTrie"/>.</summary>
internal sealed class StateModel
{
    public SortedDictionary<Address, (ulong Nonce, ulong Balance)> Accounts { get; private init; } = [];

    public SortedDictionary<(Address, Hash256), byte[]> Records { get; private init; } = [];

    public StateModel Copy() => new()
    {
        Accounts = new SortedDictionary<Address, (ulong Nonce, ulong Balance)>(Accounts),
        Records = new SortedDictionary<(Address, Hash256), byte[]>(Records),
    };

    public void SetAccount(Address address, ulong nonce, ulong balance)
    {
        Accounts[address] = (nonce, balance);
        if (nonce == 0 && balance == 0)
        {
            Accounts.Remove(address);
        }
    }

    public void SetRecord(Address account, Hash256 location, byte[]? value)
    {
        if (value is null || value.Length == 0)
        {
            Records.Remove((account, location));
        }
        else
        {
            Records[(account, location)] = value;
        }
    }

    public Hash256 StorageRoot(Address account) => NaiveTrie.Root(
        Records.Where(record => record.Key.Item1 == account)
            .Select(record => KeyValuePair.Create(Keccak256.Hash(record.Key.Item2.ToArray()).ToArray(), NaiveTrie.Text(record.Value))));

    public Hash256 Root()
    {
        IEnumerable<Address> addresses = Accounts.Keys.Concat(Records.Keys.Select(key => key.Item1)).Distinct();
        return NaiveTrie.Root(addresses.Select(address => KeyValuePair.Create(Keccak256.Hash(address.ToArray()).ToArray(), Leaf(address))));
    }

    /// <summary>Compares every account and record that either side may hold.</summary>
    public void AssertSame(IStateReader state, IEnumerable<Address> addresses, IEnumerable<Hash256> locations, string when)
    {
        foreach (Address address in addresses)
        {
            Account? account = state.FindAccount(address);
            Accounts.TryGetValue(address, out (ulong Nonce, ulong Balance) expected);
            Assert.That(account?.Nonce ?? 0, Is.EqualTo(expected.Nonce), when);
            Assert.That(account?.Balance ?? UInt256.Zero, Is.EqualTo((UInt256)expected.Balance), when);
            foreach (Hash256 location in locations)
            {
                Records.TryGetValue((address, location), out byte[]? record);
                Assert.That(state.FindRecord(address, location), Is.EqualTo(record), when);
            }
        }
    }

    // rlp([nonce, balance, storageRoot, keccak("")]) written out by hand.
    private byte[] Leaf(Address address)
    {
        Accounts.TryGetValue(address, out (ulong Nonce, ulong Balance) account);
        byte[] payload =
        [
            .. NaiveTrie.Text(Minimal(account.Nonce)),
            .. NaiveTrie.Text(Minimal(account.Balance)),
            .. NaiveTrie.Text(StorageRoot(address).ToArray()),
            .. NaiveTrie.Text(Convert.FromHexString("C5D2460186F7233C927E7DB2DCC703C0E500B653CA82273B7BFAD8045D85A470")),
        ];
        return [(byte)(0xf7 + 1), (byte)payload.Length, .. payload];
    }

    private static byte[] Minimal(ulong value) => value == 0 ? [] : new BigInteger(value).ToByteArray(isUnsigned: true, isBigEndian: true);
}

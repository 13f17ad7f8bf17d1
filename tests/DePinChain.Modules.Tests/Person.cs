using System.Text;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests;

/// <summary>Somebody with a key, the same in every run.</summary>
internal sealed class Person(string name)
{
    public static readonly Person Alice = new("alice");
    public static readonly Person Bob = new("bob");

    /// <summary>Proposes and decides every block of a <see cref="Scenario"/>.</summary>
    public static readonly Person Validator = new("validator");

    public PrivateKey Key { get; } = PrivateKey.FromBytes(Keccak256.Hash(Encoding.ASCII.GetBytes(name)).ToArray());

    public Address Address => Key.Address;

    public override string ToString() => name;
}

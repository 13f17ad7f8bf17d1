namespace DePinChain.EndToEnd.Tests.Peers;

/// <summary>
/// The Solidity light client, compiled by solc, on an Ethereum node of its own: fed from a localnet, and from made-up sets of validators.
/// </summary>
[NonParallelizable]
public sealed class LightClientContractTests() : PeerSuite("lightclient")
{
    [TestCaseSource(nameof(Names))]
    public void Passes(string test) => Passed(test);

    private static IEnumerable<string> Names() => NamesOf("lightclient");
}

using System.Globalization;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Primitives;

namespace DePinChain.Node;

/// <summary>Makes the genesis of a new localnet: the rules of genesis/localnet.json with fresh validators, chain id and time.</summary>
/// <remarks>Proofs of possession name the chain id, so validators cannot be copied from the file when the chain id is another.</remarks>
public static class LocalnetGenesis
{
    private const string FileName = "localnet.json";
    private const ulong UserDpn = 10_000;
    private const ulong FaucetDpn = 10_000_000;
    private const ulong OperatorDpn = 200_000;
    private const ulong SelfBondDpn = 100_000;

    // The rules name so many verifiers, whose owners bond whether or not they validate as well.
    private const int VerifierOwners = 4;

    // A tenth of 1e18.
    private const ulong Commission = 100_000_000_000_000_000;

    /// <summary>
    /// How many verifiers a localnet's worker serves: those of the rules, and one for each further validator, which keeps shards too.
    /// </summary>
    public static int VerifiersFor(GenesisDocument genesis) => Math.Max(VerifierOwners, genesis.Validators.Count);

    /// <summary>The rules that come with the program.</summary>
    public static GenesisDocument Rules()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "genesis", FileName);
        try
        {
            return GenesisDocument.Parse(File.ReadAllText(path));
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(ExitCode.LocalState, $"{path} cannot be read ({missing.Message}); build the node again.", missing);
        }
    }

    /// <summary>The document of a new network.</summary>
    /// <param name="rules">Everything that is not an account or a validator.</param>
    /// <param name="chainId">EIP-155 chain id.</param>
    /// <param name="validators">How many validate, with equal power.</param>
    /// <param name="timestamp">Unix seconds of block 0.</param>
    public static GenesisDocument Create(GenesisDocument rules, ulong chainId, int validators, ulong timestamp)
    {
        List<GenesisAccount> accounts = [];
        for (int index = 0; index < LocalnetKeys.UserCount; index++)
        {
            using PrivateKey user = LocalnetKeys.User(index);
            accounts.Add(new GenesisAccount(user.Address, Amount.FromDpn(UserDpn), Numbered("dev", index)));
        }

        using PrivateKey faucet = LocalnetKeys.Faucet();
        accounts.Add(new GenesisAccount(faucet.Address, Amount.FromDpn(FaucetDpn), "faucet"));
        List<GenesisValidator> members = [];
        for (int index = 0; index < validators; index++)
        {
            GenesisValidator member = CreateValidator(chainId, index);
            members.Add(member);
            accounts.Add(new GenesisAccount(member.Operator, Amount.FromDpn(OperatorDpn), Numbered("operator", index)));
        }

        for (int index = validators; index < VerifierOwners; index++)
        {
            using PrivateKey owner = LocalnetKeys.Operator(index);
            accounts.Add(new GenesisAccount(owner.Address, Amount.FromDpn(OperatorDpn), Numbered("operator", index)));
        }

        Amount supply = accounts.Aggregate(Amount.Zero, (sum, account) => sum + account.Balance);
        return rules with
        {
            ChainId = chainId,
            Timestamp = timestamp,
            TotalSupply = supply,
            Accounts = accounts,
            Validators = members,
        };
    }

    private static GenesisValidator CreateValidator(ulong chainId, int index)
    {
        using PrivateKey owner = LocalnetKeys.Operator(index);
        using PrivateKey signing = LocalnetKeys.Signing(index);
        using PrivateKey vrf = LocalnetKeys.Vrf(index);
        Signature possession = vrf.Sign(ProofOfPossession.Digest(chainId, owner.Address));
        return new GenesisValidator(
            owner.Address,
            Numbered("v", index),
            signing.PublicKeyCompressed,
            vrf.PublicKeyCompressed,
            possession.ToArray(),
            Amount.FromDpn(SelfBondDpn),
            Commission);
    }

    private static string Numbered(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{name}{index}");
}

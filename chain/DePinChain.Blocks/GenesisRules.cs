using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>The rules between the fields of a genesis document: sums, uniqueness, keys, limits.</summary>
internal static class GenesisRules
{
    private const ulong ChainIdMax = int.MaxValue;
    private const ulong GasLimitMin = 5_000_000;
    private const ulong GasLimitMax = 1_000_000_000;
    private const int ValidatorsMax = 200;

    public static IReadOnlyList<GenesisError> Check(GenesisDocument genesis)
    {
        var errors = new List<GenesisError>();
        CheckRules(genesis, errors);
        CheckAccounts(genesis, errors);
        CheckValidators(genesis, errors);
        return errors;
    }

    private static void CheckRules(GenesisDocument genesis, List<GenesisError> errors)
    {
        void Require(bool holds, string path, string message)
        {
            if (!holds) errors.Add(new GenesisError(path, message));
        }

        Require(genesis.ChainId is > 0 and <= ChainIdMax, "$.chainId", $"must be 1 to {ChainIdMax}");
        Require(genesis.GasLimit is >= GasLimitMin and <= GasLimitMax, "$.gasLimit", $"must be {GasLimitMin} to {GasLimitMax}");
        Require(genesis.GasLimitTarget is >= GasLimitMin and <= GasLimitMax, "$.gasLimitTarget", $"must be {GasLimitMin} to {GasLimitMax}");
        Require(genesis.MinBlockSeconds <= 3600, "$.minBlockSeconds", "must be at most 3600");
        Require(genesis.Development || genesis.MinBlockSeconds > 0, "$.minBlockSeconds", "may be 0 on a development network only");
        Require(!genesis.MinBaseFeePerGas.IsZero, "$.minBaseFeePerGas", "must be positive, or an idle chain's spam becomes free");
        Require(genesis.InitialBaseFeePerGas >= genesis.MinBaseFeePerGas, "$.initialBaseFeePerGas", "is below minBaseFeePerGas");
        Require(genesis.Timeouts.ProposeMs > 0, "$.timeouts.proposeMs", "must be positive");
        Require(genesis.Timeouts.VoteMs > 0, "$.timeouts.voteMs", "must be positive");
        Require(genesis.Timeouts.CapMs >= genesis.Timeouts.ProposeMs, "$.timeouts.capMs", "is below proposeMs");
        foreach (GenesisFork fork in genesis.Forks) Require(fork.Name.Length > 0, "$.forks", "a fork has no name");
    }

    private static void CheckAccounts(GenesisDocument genesis, List<GenesisError> errors)
    {
        UInt256 sum = UInt256.Zero;
        var seen = new SortedSet<Address>();
        for (int i = 0; i < genesis.Accounts.Count; i++)
        {
            GenesisAccount account = genesis.Accounts[i];
            sum += account.Balance.ToUInt256();
            if (!seen.Add(account.Address)) errors.Add(new GenesisError($"$.accounts[{i}].address", $"{account.Address} stands twice"));
        }
        if (sum != genesis.TotalSupply.ToUInt256())
            errors.Add(new GenesisError("$.totalSupply", $"is {genesis.TotalSupply.Wei} wei, but the accounts hold {sum} wei"));
    }

    private static void CheckValidators(GenesisDocument genesis, List<GenesisError> errors)
    {
        if (genesis.Validators.Count == 0)
            errors.Add(new GenesisError("$.validators", "there is no validator: this network cannot start until validators are added"));
        if (genesis.Validators.Count > ValidatorsMax)
            errors.Add(new GenesisError("$.validators", $"there are more than {ValidatorsMax}"));

        var operators = new SortedSet<Address>();
        var signers = new SortedSet<Address>();
        for (int i = 0; i < genesis.Validators.Count; i++)
        {
            GenesisValidator validator = genesis.Validators[i];
            string path = $"$.validators[{i}]";
            if (!operators.Add(validator.Operator)) errors.Add(new GenesisError(path + ".operator", "validates twice"));
            if (!Secp256k1.IsPublicKey(validator.SigningKey.Span))
                errors.Add(new GenesisError(path + ".signingKey", "is not a compressed secp256k1 public key"));
            else if (!signers.Add(Secp256k1.AddressOf(validator.SigningKey.Span)))
                errors.Add(new GenesisError(path + ".signingKey", "is used twice"));
            if (!HasPossession(genesis.ChainId, validator))
            {
                errors.Add(new GenesisError(
                    path + ".vrfProofOfPossession", "is not the VRF key's signature for this chain id and operator"));
            }
            if (validator.SelfBond < Amount.One)
                errors.Add(new GenesisError(path + ".selfBond", "is below 1 DPN, which is no voting power"));
            Amount held = genesis.Accounts.FirstOrDefault(a => a.Address == validator.Operator)?.Balance ?? Amount.Zero;
            if (held < validator.SelfBond)
                errors.Add(new GenesisError(path + ".selfBond", $"is {validator.SelfBond}, but the operator's account holds {held}"));
        }
    }

    private static bool HasPossession(ulong chainId, GenesisValidator validator)
    {
        if (validator.VrfProofOfPossession.Length != Signature.Size || !Secp256k1.IsPublicKey(validator.VrfKey.Span)) return false;
        var signature = new Signature(validator.VrfProofOfPossession.Span);
        return signature.TryRecover(ProofOfPossession.Digest(chainId, validator.Operator), out Address signer)
            && signer == Secp256k1.AddressOf(validator.VrfKey.Span);
    }
}

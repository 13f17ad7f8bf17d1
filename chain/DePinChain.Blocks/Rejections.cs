namespace DePinChain.Blocks;

/// <summary>The one catalogue of refusals outside modules. Modules declare theirs as Solidity errors.</summary>
/// <remarks>
/// 1000: form of a transaction. 1100: a transaction against the state. 1200: the pool's own rules.
/// 1300: form of a block. 1400: validity of a block. Retired numbers stay retired.
/// </remarks>
public static class Rejections
{
    // ---- 1000: form of a transaction -------------------------------------------------------------------------------

    public static readonly Rejection TransactionMalformed = new(1001, nameof(TransactionMalformed), "rlp",
        Hint: "send the signed transaction as canonical RLP, typed ones with their type byte in front");

    public static readonly Rejection TransactionTrailingBytes = new(1002, nameof(TransactionTrailingBytes),
        "rlp: input contains more than one value", Hint: "send exactly one transaction without bytes behind it");

    public static readonly Rejection TransactionTooLarge = new(1003, nameof(TransactionTooLarge), "oversized data",
        Hint: "split the call; bodies above 128 KiB belong into a blob");

    public static readonly Rejection TransactionTypeNotSupported = new(1004, nameof(TransactionTypeNotSupported),
        "transaction type not supported", Hint: "use type 0 (EIP-155), 1 (EIP-2930) or 2 (EIP-1559)");

    public static readonly Rejection ContractCreationNotSupported = new(1005, nameof(ContractCreationNotSupported),
        "contract creation is not supported", Hint: "set 'to'; functions are native modules, see depin_getModules");

    public static readonly Rejection TransactionNotProtected = new(1006, nameof(TransactionNotProtected),
        "only replay-protected (EIP-155) transactions allowed over RPC", Hint: "sign with the chain id");

    public static readonly Rejection TransactionUnsigned = new(1007, nameof(TransactionUnsigned),
        "invalid transaction v, r, s values: the transaction is not signed", Hint: "sign the transaction");

    public static readonly Rejection InvalidSignature = new(1008, nameof(InvalidSignature),
        "invalid transaction v, r, s values", Hint: "r and s must be in range, s in the lower half of the order, v 0 or 1");

    public static readonly Rejection InvalidSender = new(1009, nameof(InvalidSender), "invalid sender",
        Hint: "the signature recovers to no public key");

    public static readonly Rejection WrongChainId = new(1010, nameof(WrongChainId), "invalid chain id for signer",
        Hint: "switch the wallet to this chain");

    public static readonly Rejection GasLimitTooHigh = new(1011, nameof(GasLimitTooHigh), "transaction gas limit too high",
        Hint: "EIP-7825 caps one transaction; lower the gas limit");

    public static readonly Rejection ExceedsBlockGasLimit = new(1012, nameof(ExceedsBlockGasLimit), "exceeds block gas limit",
        Hint: "lower the gas limit");

    public static readonly Rejection TipAboveFeeCap = new(1013, nameof(TipAboveFeeCap),
        "max priority fee per gas higher than max fee per gas", Hint: "raise maxFeePerGas or lower maxPriorityFeePerGas");

    public static readonly Rejection IntrinsicGasTooLow = new(1014, nameof(IntrinsicGasTooLow), "intrinsic gas too low",
        Hint: "raise the gas limit; eth_estimateGas is exact");

    public static readonly Rejection FloorDataGasTooLow = new(1015, nameof(FloorDataGasTooLow),
        "insufficient gas for floor data gas cost", Hint: "EIP-7623 prices calldata at 10 and 40 gas a byte at least");

    public static readonly Rejection NonceMax = new(1016, nameof(NonceMax), "nonce has max value");

    // ---- 1100: a transaction against the state ---------------------------------------------------------------------

    public static readonly Rejection NonceTooLow = new(1101, nameof(NonceTooLow), "nonce too low",
        Hint: "the nonce is used; read eth_getTransactionCount");

    public static readonly Rejection NonceTooHigh = new(1102, nameof(NonceTooHigh), "nonce too high",
        Hint: "an earlier transaction of this account is missing");

    public static readonly Rejection InsufficientFunds = new(1103, nameof(InsufficientFunds),
        "insufficient funds for gas * price + value", Hint: "fund the account or lower value, gas limit or fee");

    public static readonly Rejection FeeCapTooLow = new(1104, nameof(FeeCapTooLow), "max fee per gas less than block base fee",
        Hint: "raise maxFeePerGas");

    public static readonly Rejection SenderHasCode = new(1105, nameof(SenderHasCode), "sender not an eoa",
        Hint: "a module account signs nothing");

    public static readonly Rejection GasLimitReached = new(1106, nameof(GasLimitReached), "gas limit reached",
        Hint: "the block is full; the transaction waits for the next one");

    public static readonly Rejection OutOfGas = new(1107, nameof(OutOfGas), "out of gas", Hint: "raise the gas limit");

    public static readonly Rejection GasRequiredExceedsAllowance = new(1108, nameof(GasRequiredExceedsAllowance),
        "gas required exceeds allowance", Hint: "fund the sender, lower the fee, or raise the gas given");

    // ---- 1200: the pool --------------------------------------------------------------------------------------------

    public static readonly Rejection AlreadyKnown = new(1201, nameof(AlreadyKnown), "already known");

    public static readonly Rejection ReplacementUnderpriced = new(1202, nameof(ReplacementUnderpriced),
        "replacement transaction underpriced", Hint: "raise both fees by at least 10 %");

    public static readonly Rejection Underpriced = new(1203, nameof(Underpriced), "transaction underpriced",
        Hint: "raise the fees above the floor of the network");

    public static readonly Rejection PoolFull = new(1204, nameof(PoolFull), "txpool is full",
        Hint: "wait, or offer a higher priority fee");

    public static readonly Rejection AccountLimitExceeded = new(1205, nameof(AccountLimitExceeded), "account limit exceeded",
        Hint: "wait until earlier transactions of this account are included");

    public static readonly Rejection NonceGapTooLarge = new(1206, nameof(NonceGapTooLarge), "nonce too high",
        Hint: "send the transactions with the missing nonces first");

    public static readonly Rejection DiskFull = new(1207, nameof(DiskFull),
        "the node's disk refused the transaction, so it was not taken",
        Hint: "free space on the node's machine, or send the transaction to another node");

    // ---- 1300: form of a block -------------------------------------------------------------------------------------

    public static readonly Rejection BlockMalformed = new(1301, nameof(BlockMalformed), "block is malformed");

    public static readonly Rejection BlockTooLarge = new(1302, nameof(BlockTooLarge), "block is too large");

    public static readonly Rejection HeaderMalformed = new(1303, nameof(HeaderMalformed), "header is malformed");

    public static readonly Rejection HeaderConstantWrong = new(1304, nameof(HeaderConstantWrong),
        "header field with a fixed value has another one");

    public static readonly Rejection ExtraDataTooLong = new(1305, nameof(ExtraDataTooLong), "extraData is longer than 32 bytes");

    // ---- 1400: validity of a block ------------------------------------------------------------------

    public static readonly Rejection ParentMismatch = new(1401, nameof(ParentMismatch), "block does not follow its parent");

    public static readonly Rejection TimestampTooEarly = new(1402, nameof(TimestampTooEarly), "timestamp is too early");

    public static readonly Rejection GasLimitRuleBroken = new(1403, nameof(GasLimitRuleBroken), "gas limit is not the rule's");

    public static readonly Rejection BaseFeeMismatch = new(1404, nameof(BaseFeeMismatch), "base fee is not the rule's");

    public static readonly Rejection MinerNotExpected = new(1405, nameof(MinerNotExpected), "miner may not build this block");

    public static readonly Rejection ConsensusRootMismatch = new(1406, nameof(ConsensusRootMismatch),
        "parentBeaconBlockRoot is not the hash of the preimage");

    public static readonly Rejection ValidatorsHashMismatch = new(1407, nameof(ValidatorsHashMismatch),
        "preimage names another validator set");

    public static readonly Rejection NextValidatorsHashMismatch = new(1408, nameof(NextValidatorsHashMismatch),
        "preimage names another next validator set");

    public static readonly Rejection EpochMismatch = new(1409, nameof(EpochMismatch), "preimage names another epoch");

    public static readonly Rejection ParamsHashMismatch = new(1410, nameof(ParamsHashMismatch), "preimage names other parameters",
        Hint: "the node runs another fork schedule or other parameters than the network: update it");

    public static readonly Rejection LastCommitHashMismatch = new(1411, nameof(LastCommitHashMismatch),
        "preimage names another last commit");

    public static readonly Rejection LastCommitInvalid = new(1412, nameof(LastCommitInvalid), "last commit is not valid for the parent");

    public static readonly Rejection EvidenceHashMismatch = new(1413, nameof(EvidenceHashMismatch), "preimage names other evidence");

    public static readonly Rejection EvidenceInvalid = new(1414, nameof(EvidenceInvalid), "evidence is not valid");

    public static readonly Rejection EvidenceTooLarge = new(1415, nameof(EvidenceTooLarge), "evidence is larger than 64 KiB");

    public static readonly Rejection VrfProofInvalid = new(1416, nameof(VrfProofInvalid), "VRF proof does not verify");

    public static readonly Rejection VrfProofHashMismatch = new(1417, nameof(VrfProofHashMismatch), "preimage names another VRF proof");

    public static readonly Rejection MixHashMismatch = new(1418, nameof(MixHashMismatch), "mixHash is not keccak(parent's mix, beta)");

    public static readonly Rejection SystemTransactionMismatch = new(1419, nameof(SystemTransactionMismatch),
        "system transaction is not the computed one");

    public static readonly Rejection TransactionInvalid = new(1420, nameof(TransactionInvalid), "block holds an invalid transaction");

    public static readonly Rejection TransactionsRootMismatch = new(1421, nameof(TransactionsRootMismatch), "transactionsRoot differs");

    public static readonly Rejection GasUsedMismatch = new(1422, nameof(GasUsedMismatch), "gasUsed differs");

    public static readonly Rejection LogsBloomMismatch = new(1423, nameof(LogsBloomMismatch), "logsBloom differs");

    public static readonly Rejection ReceiptsRootMismatch = new(1424, nameof(ReceiptsRootMismatch), "receiptsRoot differs");

    public static readonly Rejection StateRootMismatch = new(1425, nameof(StateRootMismatch), "stateRoot differs");

    /// <summary>Every rule, ascending by code: what the explorer, the CLI and the catalogue test walk.</summary>
    public static IReadOnlyList<Rejection> All { get; } =
    [
        TransactionMalformed, TransactionTrailingBytes, TransactionTooLarge, TransactionTypeNotSupported, ContractCreationNotSupported,
        TransactionNotProtected, TransactionUnsigned, InvalidSignature, InvalidSender, WrongChainId, GasLimitTooHigh,
        ExceedsBlockGasLimit, TipAboveFeeCap, IntrinsicGasTooLow, FloorDataGasTooLow, NonceMax,
        NonceTooLow, NonceTooHigh, InsufficientFunds, FeeCapTooLow, SenderHasCode, GasLimitReached, OutOfGas,
        GasRequiredExceedsAllowance,
        AlreadyKnown, ReplacementUnderpriced, Underpriced, PoolFull, AccountLimitExceeded, NonceGapTooLarge, DiskFull,
        BlockMalformed, BlockTooLarge, HeaderMalformed, HeaderConstantWrong, ExtraDataTooLong,
        ParentMismatch, TimestampTooEarly, GasLimitRuleBroken, BaseFeeMismatch, MinerNotExpected, ConsensusRootMismatch,
        ValidatorsHashMismatch, NextValidatorsHashMismatch, EpochMismatch, ParamsHashMismatch, LastCommitHashMismatch, LastCommitInvalid,
        EvidenceHashMismatch, EvidenceInvalid, EvidenceTooLarge, VrfProofInvalid, VrfProofHashMismatch, MixHashMismatch,
        SystemTransactionMismatch, TransactionInvalid, TransactionsRootMismatch, GasUsedMismatch, LogsBloomMismatch,
        ReceiptsRootMismatch, StateRootMismatch,
    ];
}

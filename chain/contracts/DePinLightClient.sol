// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MerklePatricia} from "./MerklePatricia.sol";

/// @title A DePinChain network as an Ethereum-like chain can believe it: its headers by their validators' seals, and by Merkle proof
/// whatever lies in its state and receipts - accounts, deals, leases, events.
/// @notice Nobody owns this contract and nothing can be changed in it. It ends when it is frozen by two certificates for one height, or
/// when nobody updates it for its trusting period; then another one is deployed from a header that its users look up themselves.
/// @dev The rule is CometBFT's light client (spec/light-client/verification) where one set decides: a header is believed when more than
/// two thirds of the power of the set that the last believed header names have sealed it. A set names its successor in an epoch's last
/// header, so of each epoch that changes the set that header must come, in order; any other may be left out.
contract DePinLightClient {
    using MerklePatricia for bytes32;

    /// @notice Headers that proofs can be made against: the last ones that were submitted.
    uint256 public constant RING = 32;

    // keccak("DePinChain.consensus.v1"): the first word of what a header's parentBeaconBlockRoot is the hash of.
    bytes32 private constant TAG = keccak256("DePinChain.consensus.v1");
    bytes32 private constant VOTE_TYPE =
        keccak256("Vote(uint8 kind,uint64 height,uint32 round,int32 validRound,bytes32 blockHash)");
    uint256 private constant PRECOMMIT = 2;
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
    uint256 private constant PREIMAGE_BYTES = 256;
    uint256 private constant SEAL_BYTES = 65;
    uint256 private constant ENTRY_BYTES = 28;
    uint256 private constant DRIFT_SECONDS = 10;

    /// @notice EIP-712 separator of the network's consensus messages.
    bytes32 public immutable domain;

    /// @notice Seconds for which a believed header vouches for others: shorter than the network's unbonding.
    uint64 public immutable trustingSeconds;

    /// @notice Height of the last believed header.
    uint64 public height;

    /// @notice Its time in seconds since 1970.
    uint64 public timestamp;

    /// @notice Sets that have followed one another since the contract was made.
    uint64 public changes;

    /// @notice True when two certificates for one height were shown. Nothing is believed any more.
    bool public frozen;

    /// @notice Hash of the set whose seals the next header needs.
    bytes32 public validatorsHash;

    /// @notice Hash of the set before: its misbehaviour still freezes.
    bytes32 public previousValidatorsHash;

    // Written once each at deployment, so that an update pays for a change and never for a new slot.
    bytes32[RING] private _hashes;

    event Updated(uint64 indexed height, bytes32 blockHash);
    event SetChanged(uint64 indexed height, bytes32 validatorsHash);
    event Frozen(uint64 indexed height, bytes32 first, bytes32 second);

    error IsFrozen();
    error Expired(uint256 since);
    error NotLater(uint256 needed, uint256 had);
    error FromTheFuture(uint256 time);
    error MalformedHeader();
    error WrongPreimage();
    error WrongSet(bytes32 needed, bytes32 had);
    error MalformedSet();
    error MalformedSeals();
    error InvalidSeal(uint256 index);
    error NoQuorum(uint256 signed, uint256 total);
    error NoMisbehaviour();
    error UnknownHeader(bytes32 hash);

    /// @notice A header with its certificate.
    /// @param header RLP, as its hash is taken of.
    /// @param preimage The eight words that its parentBeaconBlockRoot is the hash of.
    /// @param set The validators that decided it: count in 4 bytes, then 20 of address and 8 of power each, ascending by address.
    /// @param round The round that decided it.
    /// @param bitmap Bit i stands for validator i.
    /// @param seals 65 bytes r, s, v (0 or 1) for each bit, in order. More than two thirds of the power are enough.
    struct Certified {
        bytes header;
        bytes preimage;
        bytes set;
        uint32 round;
        uint256 bitmap;
        bytes seals;
    }

    /// @param chainId The network's.
    /// @param trustingSeconds_ At most two thirds of its unbonding.
    /// @param blockHash Of a header that the deployer has looked up and answers for.
    /// @param height_ Its height.
    /// @param timestamp_ Its time.
    /// @param nextValidatorsHash The set that it names for the next height.
    constructor(
        uint256 chainId,
        uint64 trustingSeconds_,
        bytes32 blockHash,
        uint64 height_,
        uint64 timestamp_,
        bytes32 nextValidatorsHash
    ) {
        domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId)"),
                keccak256("DePinChain Consensus"),
                keccak256("1"),
                chainId
            )
        );
        trustingSeconds = trustingSeconds_;
        (height, timestamp) = (height_, timestamp_);
        (validatorsHash, previousValidatorsHash) = (nextValidatorsHash, nextValidatorsHash);
        for (uint256 i = 0; i < RING; i++) _hashes[i] = bytes32(uint256(1));
        _hashes[height_ % RING] = blockHash;
    }

    /// @notice Believes a later header that the set in charge has sealed.
    function update(Certified calldata next) external {
        (uint256 last, uint256 since) = (height, timestamp);
        _requireAlive(since);
        (uint256 number, uint256 time) = _placeOf(next.header);
        if (number <= last) revert NotLater(last + 1, number);
        if (time < since) revert NotLater(since, time);
        if (time > block.timestamp + DRIFT_SECONDS) revert FromTheFuture(time);
        bytes32 current = validatorsHash;
        (bytes32 hash, bytes32 decided, bytes32 successor) = _open(next);
        if (decided != current) revert WrongSet(current, decided);
        _requireQuorum(next, number, hash, current);
        (height, timestamp) = (uint64(number), uint64(time));
        _hashes[number % RING] = hash;
        if (successor != current) {
            (previousValidatorsHash, validatorsHash) = (current, successor);
            changes++;
            emit SetChanged(uint64(number), successor);
        }
        emit Updated(uint64(number), hash);
    }

    /// @notice Ends the contract when one set has certified two headers of one height: more than a third of it has broken the rules.
    function freeze(Certified calldata first, Certified calldata second) external {
        _requireAlive(timestamp);
        (uint256 number, ) = _placeOf(first.header);
        (uint256 other, ) = _placeOf(second.header);
        (bytes32 hash, bytes32 set, ) = _open(first);
        (bytes32 otherHash, bytes32 otherSet, ) = _open(second);
        if (number != other || hash == otherHash || set != otherSet) revert NoMisbehaviour();
        if (set != validatorsHash && set != previousValidatorsHash) revert WrongSet(validatorsHash, set);
        _requireQuorum(first, number, hash, set);
        _requireQuorum(second, number, otherHash, set);
        frozen = true;
        emit Frozen(uint64(number), hash, otherHash);
    }

    /// @notice An account at the end of a believed block.
    /// @param header RLP of one of the last submitted headers.
    /// @param account Whose.
    /// @param proof accountProof of eth_getProof.
    function proveAccount(bytes calldata header, address account, bytes[] calldata proof)
        public
        view
        returns (bool exists, uint256 nonce, uint256 balance, bytes32 storageRoot, bytes32 codeHash)
    {
        bytes32 root = _wordOf(_believed(header), 91);
        bytes calldata leaf = root.get(abi.encodePacked(keccak256(abi.encodePacked(account))), proof);
        if (leaf.length == 0) return (false, 0, 0, MerklePatricia.EMPTY_ROOT, keccak256(""));
        (uint256 body, uint256 end, bool isList) = MerklePatricia.item(leaf, 0);
        if (!isList || end != leaf.length) revert MerklePatricia.InvalidProof();
        exists = true;
        nonce = _number(MerklePatricia.element(leaf, body, 0));
        balance = _number(MerklePatricia.element(leaf, body, 1));
        storageRoot = bytes32(MerklePatricia.content(MerklePatricia.element(leaf, body, 2)));
        codeHash = bytes32(MerklePatricia.content(MerklePatricia.element(leaf, body, 3)));
    }

    /// @notice A record of a module - a deal, a lease, a packet's commitment - at the end of a believed block; empty when there is none.
    /// @param header RLP of one of the last submitted headers.
    /// @param module The module's account.
    /// @param location The storage key, as depin_getModules' layouts give it.
    /// @param accountProof Of eth_getProof.
    /// @param storageProof The proof of the one key.
    function proveRecord(
        bytes calldata header,
        address module,
        bytes32 location,
        bytes[] calldata accountProof,
        bytes[] calldata storageProof
    ) external view returns (bytes memory record) {
        (, , , bytes32 root, ) = proveAccount(header, module, accountProof);
        bytes calldata leaf = root.get(abi.encodePacked(keccak256(abi.encodePacked(location))), storageProof);
        return leaf.length == 0 ? leaf : MerklePatricia.content(leaf);
    }

    /// @notice An event of a believed block.
    /// @param header RLP of one of the last submitted headers.
    /// @param transactionIndex Which transaction of the block left it.
    /// @param proof Of its receipt in the block's trie of receipts.
    /// @param logIndex Which of the receipt's logs.
    function proveLog(bytes calldata header, uint256 transactionIndex, bytes[] calldata proof, uint256 logIndex)
        external
        view
        returns (address emitter, bytes32[] memory topics, bytes memory data)
    {
        bytes calldata receipt = _wordOf(_believed(header), 157).get(_rlpOf(transactionIndex), proof);
        if (receipt.length == 0) revert MerklePatricia.InvalidProof();
        // A typed receipt has its type in front: EIP-2718.
        if (uint8(receipt[0]) < 0x80) receipt = receipt[1:];
        (uint256 body, , ) = MerklePatricia.item(receipt, 0);
        bytes calldata logs = MerklePatricia.element(receipt, body, 3);
        (body, , ) = MerklePatricia.item(logs, 0);
        bytes calldata log = MerklePatricia.element(logs, body, logIndex);
        (body, , ) = MerklePatricia.item(log, 0);
        emitter = address(bytes20(MerklePatricia.content(MerklePatricia.element(log, body, 0))));
        topics = _topicsOf(MerklePatricia.element(log, body, 1));
        data = MerklePatricia.content(MerklePatricia.element(log, body, 2));
    }

    function _topicsOf(bytes calldata encoded) private pure returns (bytes32[] memory topics) {
        (uint256 body, uint256 end, ) = MerklePatricia.item(encoded, 0);
        topics = new bytes32[]((end - body) / 33);
        for (uint256 i = 0; i < topics.length; i++) topics[i] = bytes32(MerklePatricia.content(encoded[body + 33 * i:body + 33 * i + 33]));
    }

    function _requireAlive(uint256 since) private view {
        if (frozen) revert IsFrozen();
        if (block.timestamp >= since + trustingSeconds) revert Expired(since);
    }

    // The hash of a header, the set that decided it and the set that decides the next height.
    function _open(Certified calldata certified) private pure returns (bytes32 hash, bytes32 decided, bytes32 successor) {
        bytes calldata header = certified.header;
        bytes calldata preimage = certified.preimage;
        hash = keccak256(header);
        // parentBeaconBlockRoot is the last of a Cancun header's twenty fields.
        bytes32 root = _wordOf(header, header.length - 32);
        if (preimage.length != PREIMAGE_BYTES || keccak256(preimage) != root || bytes32(preimage) != TAG) revert WrongPreimage();
        decided = bytes32(preimage[32:64]);
        successor = bytes32(preimage[64:96]);
    }

    function _requireQuorum(Certified calldata certified, uint256 number, bytes32 hash, bytes32 needed) private view {
        bytes calldata set = certified.set;
        bytes32 had = keccak256(set);
        if (had != needed) revert WrongSet(needed, had);
        if (set.length < 4 || (set.length - 4) % ENTRY_BYTES != 0 || set.length > 4 + 256 * ENTRY_BYTES) revert MalformedSet();
        bytes32 vote = keccak256(
            abi.encode(VOTE_TYPE, PRECOMMIT, number, uint256(certified.round), type(uint256).max, hash)
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, vote));
        (uint256 signed, uint256 total) = _count(set, certified.bitmap, certified.seals, digest);
        if (3 * signed <= 2 * total) revert NoQuorum(signed, total);
    }

    // By hand, because it is what an update costs: a recovery for each seal, and every seal must be its validator's.
    function _count(bytes calldata set, uint256 bitmap, bytes calldata seals, bytes32 digest)
        private
        view
        returns (uint256 signed, uint256 total)
    {
        uint256 failed = type(uint256).max;
        uint256 used;
        bool malformed;
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore(input, digest)
            let entry := add(set.offset, 4)
            let end := add(set.offset, set.length)
            let seal := seals.offset
            let sealsEnd := add(seals.offset, seals.length)
            let bits := bitmap
            for { let i := 0 } lt(entry, end) { i := add(i, 1) entry := add(entry, ENTRY_BYTES) } {
                let word := calldataload(entry)
                let power := and(shr(32, word), 0xffffffffffffffff)
                total := add(total, power)
                if and(bits, 1) {
                    if gt(add(seal, SEAL_BYTES), sealsEnd) {
                        malformed := 1
                        break
                    }
                    calldatacopy(add(input, 0x40), seal, 0x40)
                    mstore(add(input, 0x20), add(27, byte(0, calldataload(add(seal, 0x40)))))
                    mstore(add(input, 0x80), 0)
                    // High s is refused, as everywhere on the network.
                    if gt(mload(add(input, 0x60)), HALF_ORDER) {
                        failed := i
                        break
                    }
                    pop(staticcall(gas(), 1, input, 0x80, add(input, 0x80), 0x20))
                    if iszero(and(eq(mload(add(input, 0x80)), shr(96, word)), gt(returndatasize(), 0))) {
                        failed := i
                        break
                    }
                    signed := add(signed, power)
                    seal := add(seal, SEAL_BYTES)
                }
                bits := shr(1, bits)
            }
            used := sub(seal, seals.offset)
            if bits { if iszero(lt(entry, end)) { malformed := 1 } }
        }
        if (failed != type(uint256).max) revert InvalidSeal(failed);
        if (malformed || used != seals.length) revert MalformedSeals();
    }

    // Height and time stand after fields of fixed length, the bloom and the difficulty: at 449, with gas limit and gas used between.
    function _placeOf(bytes calldata header) private pure returns (uint256 number, uint256 time) {
        if (header.length < 500 || uint8(header[0]) != 0xf9 || uint8(header[448]) != 0x80) revert MalformedHeader();
        number = _number(MerklePatricia.element(header, 449, 0));
        time = _number(MerklePatricia.element(header, 449, 3));
    }

    function _believed(bytes calldata header) private view returns (bytes calldata) {
        if (frozen) revert IsFrozen();
        bytes32 hash = keccak256(header);
        (uint256 number, ) = _placeOf(header);
        if (_hashes[number % RING] != hash) revert UnknownHeader(hash);
        return header;
    }

    function _wordOf(bytes calldata data, uint256 offset) private pure returns (bytes32) {
        return bytes32(data[offset:offset + 32]);
    }

    function _number(bytes calldata encoded) private pure returns (uint256) {
        bytes calldata digits = MerklePatricia.content(encoded);
        if (digits.length > 32) revert MerklePatricia.InvalidProof();
        return digits.length == 0 ? 0 : uint256(bytes32(digits)) >> (8 * (32 - digits.length));
    }

    function _rlpOf(uint256 index) private pure returns (bytes memory) {
        if (index == 0) return hex"80";
        if (index < 0x80) return abi.encodePacked(uint8(index));
        if (index < 0x100) return abi.encodePacked(hex"81", uint8(index));
        return abi.encodePacked(hex"82", uint16(index));
    }
}

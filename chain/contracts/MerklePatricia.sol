// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Reads values out of Ethereum's Merkle-Patricia tries by proof: what lies at a key, or that nothing does.
/// @dev Yellow Paper, appendices B (RLP) and D (trie). Nodes come root first; a node of less than 32 bytes lies inside its parent and is
/// not listed. A proof must end where the walk ends: nodes that are left over are refused.
library MerklePatricia {
    bytes32 internal constant EMPTY_ROOT = 0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421;

    /// @notice The proof does not lead from the root along the key.
    error InvalidProof();

    /// @notice The value at a key; empty when the proof shows that there is none.
    /// @param root The trie's root.
    /// @param key The path in whole bytes, hashed already where the trie hashes.
    /// @param proof Nodes, root first.
    function get(bytes32 root, bytes memory key, bytes[] calldata proof) internal pure returns (bytes calldata value) {
        value = msg.data[0:0];
        if (root == EMPTY_ROOT && proof.length == 0) return value;
        if (proof.length == 0 || keccak256(proof[0]) != root) revert InvalidProof();
        bytes calldata node = proof[0];
        uint256 next = 1;
        uint256 nibble = 0;
        uint256 nibbles = key.length * 2;
        while (true) {
            (uint256 body, uint256 end, bool isList) = item(node, 0);
            if (!isList || end != node.length) revert InvalidProof();
            (bool isBranch, bytes calldata child) = walk(node, body, nibble == nibbles ? 16 : nibbleAt(key, nibble));
            if (isBranch) {
                if (nibble == nibbles) {
                    value = content(child);
                    break;
                }
                nibble++;
            } else {
                bytes calldata path = element(node, body, 0);
                (bool matches, bool isLeaf, uint256 used) = follow(content(path), key, nibble, nibbles);
                if (!matches) break;
                nibble += used;
                child = node[body + path.length:];
                if (isLeaf) {
                    if (nibble == nibbles) value = content(child);
                    break;
                }
            }
            if (child.length == 1 && child[0] == 0x80) break;
            if (uint8(child[0]) >= 0xc0) {
                node = child;
                continue;
            }
            bytes calldata hash = content(child);
            if (hash.length != 32 || next == proof.length || keccak256(proof[next]) != bytes32(hash)) revert InvalidProof();
            node = proof[next];
            next++;
        }
        if (next != proof.length) revert InvalidProof();
    }

    /// @notice Payload bounds of the RLP item at an offset, and whether it is a list.
    function item(bytes calldata data, uint256 offset) internal pure returns (uint256 start, uint256 end, bool isList) {
        if (offset >= data.length) revert InvalidProof();
        uint256 prefix = uint8(data[offset]);
        if (prefix < 0x80) return (offset, offset + 1, false);
        isList = prefix >= 0xc0;
        uint256 short = isList ? prefix - 0xc0 : prefix - 0x80;
        if (short < 56) {
            start = offset + 1;
            end = start + short;
        } else {
            uint256 width = short - 55;
            start = offset + 1 + width;
            if (width > 4 || start > data.length) revert InvalidProof();
            uint256 length = 0;
            for (uint256 i = offset + 1; i < start; i++) length = (length << 8) | uint8(data[i]);
            end = start + length;
        }
        if (end > data.length) revert InvalidProof();
    }

    /// @notice The payload of an item that is a string.
    function content(bytes calldata encoded) internal pure returns (bytes calldata) {
        (uint256 start, uint256 end, bool isList) = item(encoded, 0);
        if (isList || end != encoded.length) revert InvalidProof();
        return encoded[start:end];
    }

    /// @notice An element of a list, encoding included.
    function element(bytes calldata data, uint256 start, uint256 index) internal pure returns (bytes calldata) {
        for (; index > 0; index--) (, start, ) = item(data, start);
        (, uint256 end, ) = item(data, start);
        return data[start:end];
    }

    // Whether a node has more than two items, and then one of its seventeen: in one pass by hand, because that is what a proof costs. The
    // node is what its hash says, so it is a node of the trie; only its bounds are watched.
    function walk(bytes calldata node, uint256 start, uint256 index) private pure returns (bool isBranch, bytes calldata found) {
        found = node[0:0];
        bool malformed;
        assembly ("memory-safe") {
            let end := add(node.offset, node.length)
            let next := add(node.offset, start)
            for { let items := 0 } lt(next, end) { items := add(items, 1) } {
                if gt(items, 1) {
                    isBranch := 1
                    if gt(items, index) { break }
                }
                let prefix := byte(0, calldataload(next))
                let size := 1
                if gt(prefix, 0x7f) {
                    let length := sub(prefix, 0x80)
                    if gt(prefix, 0xbf) { length := sub(prefix, 0xc0) }
                    size := add(length, 1)
                    if gt(length, 55) {
                        let width := sub(length, 55)
                        if gt(width, 4) { malformed := 1 break }
                        size := add(add(1, width), shr(sub(256, mul(8, width)), calldataload(add(next, 1))))
                    }
                }
                if eq(items, index) {
                    found.offset := next
                    found.length := size
                }
                next := add(next, size)
            }
            if gt(next, end) { malformed := 1 }
        }
        if (malformed || (isBranch && found.length == 0)) revert InvalidProof();
    }

    // Hex-prefix encoding: the first nibble is 2 for a leaf, plus 1 when the number of nibbles is odd.
    function follow(bytes calldata path, bytes memory key, uint256 nibble, uint256 nibbles)
        private
        pure
        returns (bool matches, bool isLeaf, uint256 used)
    {
        if (path.length == 0) revert InvalidProof();
        uint256 flag = uint8(path[0]) >> 4;
        if (flag > 3) revert InvalidProof();
        isLeaf = flag >= 2;
        uint256 first = 2 - (flag & 1);
        used = path.length * 2 - first;
        if (nibble + used > nibbles) return (false, isLeaf, 0);
        matches = true;
        assembly ("memory-safe") {
            for { let i := 0 } lt(i, used) { i := add(i, 1) } {
                let p := add(first, i)
                let k := add(nibble, i)
                let wanted := byte(0, calldataload(add(path.offset, shr(1, p))))
                let had := byte(0, mload(add(add(key, 0x20), shr(1, k))))
                if iszero(and(p, 1)) { wanted := shr(4, wanted) }
                if iszero(and(k, 1)) { had := shr(4, had) }
                if and(xor(wanted, had), 0x0f) {
                    matches := 0
                    break
                }
            }
        }
        if (!matches) used = 0;
    }

    function nibbleAt(bytes memory key, uint256 nibble) private pure returns (uint256) {
        uint256 pair = uint8(key[nibble >> 1]);
        return nibble & 1 == 0 ? pair >> 4 : pair & 0x0f;
    }
}

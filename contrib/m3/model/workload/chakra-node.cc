// SPDX-License-Identifier: GPL-2.0-only
#include "chakra-node.h"

#include "wire-format.h"

#include "core/text-format.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-input-error.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <unordered_set>

namespace ns3::m3
{

namespace
{

/// The value of an attribute, as far as one of the types that are read.
struct ChakraAttribute
{
    std::string_view name;
    std::optional<int64_t> whole;
    std::string_view text;
    std::string_view packed; //!< a list of booleans
};

ChakraAttribute ReadChakraAttribute(std::string_view message, const std::string& where)
{
    constexpr uint64_t NAME = 1;
    constexpr uint64_t TEXT = 29;
    constexpr uint64_t BOOLEANS = 28;
    constexpr uint64_t PLAIN[] = {7, 9, 11, 13, 27}; // int32, int64, uint32, uint64, bool
    constexpr uint64_t ZIGZAG[] = {15, 17};          // sint32, sint64
    constexpr uint64_t FIXED[] = {19, 21, 25};       // fixed32, fixed64, sfixed64
    constexpr uint64_t SIGNED_FIXED32 = 23;
    const auto isOneOf = [](const auto& numbers, uint64_t number)
    { return std::find(std::begin(numbers), std::end(numbers), number) != std::end(numbers); };
    ChakraAttribute attribute;
    for (WireReader fields(message, where); fields.Next();)
    {
        const uint64_t number = fields.Number();
        if (number == NAME)
        {
            attribute.name = fields.Bytes();
        }
        else if (number == TEXT)
        {
            attribute.text = fields.Bytes();
        }
        else if (number == BOOLEANS)
        {
            // the list is a message whose field 1 has the values, packed
            for (WireReader list(fields.Bytes(), where); list.Next();)
            {
                attribute.packed = list.WireType() == WireReader::Type::BYTES ? list.Bytes() : attribute.packed;
            }
        }
        else if (isOneOf(PLAIN, number))
        {
            attribute.whole = static_cast<int64_t>(fields.Unsigned());
        }
        else if (isOneOf(ZIGZAG, number))
        {
            const uint64_t bits = fields.Unsigned();
            attribute.whole = static_cast<int64_t>(bits >> 1 ^ (~(bits & 1U) + 1));
        }
        else if (isOneOf(FIXED, number) && fields.WireType() != WireReader::Type::BYTES)
        {
            attribute.whole = static_cast<int64_t>(fields.Bits());
        }
        else if (number == SIGNED_FIXED32 && fields.WireType() == WireReader::Type::FIXED32)
        {
            attribute.whole = static_cast<int32_t>(static_cast<uint32_t>(fields.Bits()));
        }
    }
    return attribute;
}

/// Reads the nodes of a file.
class ChakraNodeReader
{
  public:
    explicit ChakraNodeReader(const std::string& file)
        : m_file(file)
    {
        std::ifstream in(file, std::ios::binary);
        m_text.assign(std::istreambuf_iterator<char>(in), {});
        if (!in.is_open() || in.bad())
        {
            throw InputError(m_file, 0, "", "cannot be read");
        }
    }

    std::vector<ChakraNode> Read()
    {
        if (m_text.empty())
        {
            throw InputError(m_file, 0, "", "is empty");
        }
        WireReader messages(m_text, m_file);
        CheckMetadata(messages.TakeBytes());
        std::vector<ChakraNode> nodes;
        std::unordered_set<uint64_t> ids;
        while (!messages.IsAtEnd())
        {
            const std::string_view message = messages.TakeBytes();
            nodes.push_back(ReadNode(message, m_file + ": node " + std::to_string(nodes.size()) + " of the file"));
            if (!ids.insert(nodes.back().id).second)
            {
                throw InputError(m_file, 0, NameOf(nodes.back()), "comes twice");
            }
        }
        return nodes;
    }

  private:
    static std::string NameOf(const ChakraNode& node)
    {
        return "node " + std::to_string(node.id);
    }

    /// What comes first has a version and attributes; a node has numbers, its type at least.
    void CheckMetadata(std::string_view message) const
    {
        constexpr uint64_t TYPE_OF_NODE = 3;
        for (WireReader fields(message, m_file); fields.Next();)
        {
            if (fields.Number() <= TYPE_OF_NODE && fields.WireType() != WireReader::Type::BYTES)
            {
                throw InputError(m_file, 0, "", "does not begin with the metadata of an execution trace of Chakra");
            }
        }
    }

    ChakraNode ReadNode(std::string_view message, const std::string& where) const
    {
        constexpr uint64_t ID = 1;
        constexpr uint64_t TYPE = 3;
        constexpr uint64_t CONTROL = 4;
        constexpr uint64_t DATA = 5;
        constexpr uint64_t DURATION = 7;
        constexpr uint64_t ATTRIBUTE = 10;
        ChakraNode node;
        uint64_t type = 0;
        uint64_t micros = 0;
        std::vector<std::string_view> attributes;
        for (WireReader fields(message, where); fields.Next();)
        {
            switch (fields.Number())
            {
            case ID:
                node.id = fields.Unsigned();
                break;
            case TYPE:
                type = fields.Unsigned();
                break;
            case CONTROL:
            case DATA:
                ReadDependencies(fields, where, node.dependencies);
                break;
            case DURATION:
                micros = fields.Unsigned();
                break;
            case ATTRIBUTE:
                attributes.push_back(fields.Bytes());
                break;
            default:
                break;
            }
        }
        const std::string name = NameOf(node);
        if (type < static_cast<uint64_t>(ChakraNodeType::METADATA) ||
            type > static_cast<uint64_t>(ChakraNodeType::COLLECTIVE))
        {
            throw InputError(m_file, 0, name, "type " + std::to_string(type) + " is not read");
        }
        if (micros > static_cast<uint64_t>(MAX_START_NS / 1000))
        {
            throw InputError(m_file, 0, name, "its duration is above 1e9 s: " + std::to_string(micros) + " us");
        }
        node.type = static_cast<ChakraNodeType>(type);
        node.durationNs = static_cast<int64_t>(micros) * 1000;
        for (const std::string_view attribute : attributes)
        {
            Take(ReadChakraAttribute(attribute, m_file + ": " + name), node);
        }
        return node;
    }

    /// Numbers that follow each other in one field, or a field each.
    static void ReadDependencies(const WireReader& fields, const std::string& where, std::vector<uint64_t>& all)
    {
        if (fields.WireType() == WireReader::Type::VARINT)
        {
            all.push_back(fields.Unsigned());
            return;
        }
        for (WireReader numbers(fields.Bytes(), where); !numbers.IsAtEnd();)
        {
            all.push_back(numbers.TakeVarint());
        }
    }

    void Take(const ChakraAttribute& attribute, ChakraNode& node) const
    {
        const auto whole = [&]
        {
            if (!attribute.whole)
            {
                throw InputError(m_file,
                                 0,
                                 NameOf(node),
                                 "its attribute " + std::string(attribute.name) + " is not a whole number");
            }
            return *attribute.whole;
        };
        if (attribute.name == "comm_size")
        {
            node.bytes = whole();
        }
        else if (attribute.name == "comm_type")
        {
            node.collective = whole();
        }
        else if (attribute.name == "comm_src")
        {
            node.from = whole();
        }
        else if (attribute.name == "comm_dst")
        {
            node.to = whole();
        }
        else if (attribute.name == "comm_tag")
        {
            node.tag = whole();
        }
        else if (attribute.name == "pg_name")
        {
            node.group = attribute.text;
        }
        else if (attribute.name == "involved_dim")
        {
            node.isPartOfDimensions = attribute.packed.find('\0') != std::string_view::npos;
        }
    }

    std::string m_file;
    std::string m_text;
};

} // namespace

std::vector<ChakraNode> ReadChakraNodes(const std::string& file)
{
    return ChakraNodeReader(file).Read();
}

} // namespace ns3::m3

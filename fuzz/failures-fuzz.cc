// SPDX-License-Identifier: GPL-2.0-only
// ReadFailures; what was read and written is read again as it was.
#include "fuzz.h"

#include "ns3/m3-failures.h"

#include <fstream>

namespace ns3::m3
{

namespace
{

std::string AllText(const std::vector<Failure>& failures)
{
    std::string text;
    for (const Failure& failure : failures)
    {
        text += FailureText(failure) + "\n";
    }
    return text;
}

/// A host and two switches in a row.
FabricGraph Row()
{
    FabricGraph fabric;
    fabric.AddNode(NodeKind::HOST);
    fabric.AddNode(NodeKind::SWITCH);
    fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(0, 1, 10'000'000'000, 1000);
    fabric.AddLink(1, 2, 10'000'000'000, 1000);
    return fabric;
}

} // namespace

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    static const InputFile input;
    static const FabricGraph fabric = Row();
    return IsRead(
        [&]
        {
            const std::vector<Failure> failures = ReadFailures(input.With(data, size));
            const std::string text = AllText(failures);
            static const std::string written = OutputFolder() / "failures";
            std::ofstream(written) << text;
            Require(AllText(ReadFailures(written)) == text, "failures written are read again as they were");
            for (const LinkChange& change : LinkChangesOf(fabric, failures))
            {
                Require(change.link < fabric.LinkCount(), "a change is of a link");
            }
        });
}

} // namespace ns3::m3

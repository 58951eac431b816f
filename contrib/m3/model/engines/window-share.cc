// SPDX-License-Identifier: GPL-2.0-only
#include "window-share.h"

#include "share-message.h"

#include "ns3/m3-estimate-share.h"

namespace ns3::m3
{

namespace
{

void WriteWindow(const WindowOutcome& window, ShareWriter& writer)
{
    for (const uint64_t count :
         {window.kind, window.cut, window.gaveUp, window.underWay, window.dataHops, window.drops})
    {
        writer.Write(count);
    }
    writer.Write(uint64_t{window.flows.size()});
    for (const WindowFlow& flow : window.flows)
    {
        writer.Write(uint64_t{flow.flow});
        writer.Write(flow.slowdown);
        writer.Write(flow.weight);
        writer.Write(uint64_t{flow.isCut});
    }
}

WindowOutcome ReadWindow(ShareReader& reader)
{
    WindowOutcome window;
    for (uint64_t* count :
         {&window.kind, &window.cut, &window.gaveUp, &window.underWay, &window.dataHops, &window.drops})
    {
        *count = reader.Integer();
    }
    window.flows.resize(reader.Integer());
    for (WindowFlow& flow : window.flows)
    {
        flow.flow = static_cast<uint32_t>(reader.Integer());
        flow.slowdown = reader.Real();
        flow.weight = reader.Real();
        flow.isCut = reader.Integer() != 0;
    }
    return window;
}

} // namespace

std::vector<WindowOutcome> GatherWindows(EstimateShare& share, const std::vector<WindowOutcome>& mine)
{
    ShareWriter writer;
    for (const WindowOutcome& window : mine)
    {
        WriteWindow(window, writer);
    }
    const std::vector<std::vector<float>> all = share.Gather(writer.Floats());
    std::vector<ShareReader> readers(all.begin(), all.end());
    std::vector<WindowOutcome> windows;
    for (std::size_t w = 0; !readers.empty() && !readers[w % readers.size()].IsAtEnd(); w++)
    {
        windows.push_back(ReadWindow(readers[w % readers.size()]));
    }
    return windows;
}

} // namespace ns3::m3

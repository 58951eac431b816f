// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_DEAL_WORK_H
#define M3_DEAL_WORK_H

#include "m3-estimate-share.h"
#include "share-message.h"

#include "core/in-order.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-engines
 * Does pieces of work that do not depend on each other, on threads and, where processes share the work, on all of them:
 * of P processes, rank r does the pieces r, r + P, r + 2P, ... What is used, and in which order, does not depend on
 * either number.
 *
 * \param share processes that share the work; null: this one does all
 * \param count number of pieces
 * \param threads number of threads; 0: one per processor
 * \param make returns what a piece gives, on any thread: make(i)
 * \param answer makes the answer of that, in order on the calling thread: answer(i, made), which Write(answer, writer)
 * and Read(answer, reader) bring from one process to another
 * \param use called as use(i, answer) for all pieces in order; on other ranks than 0 never
 */
template <typename Make, typename Answer, typename Use>
void DealWork(EstimateShare* share,
              std::size_t count,
              uint32_t threads,
              const Make& make,
              const Answer& answer,
              const Use& use)
{
    using Made = decltype(make(std::size_t{}));
    using Answered = decltype(answer(std::size_t{}, std::declval<Made>()));
    const std::size_t processes = share ? share->Processes() : 1;
    const std::size_t rank = share ? share->Rank() : 0;
    const std::size_t mine = (count - std::min(rank, count) + processes - 1) / processes;
    ShareWriter writer;
    InOrder(
        mine,
        threads,
        [&](std::size_t i) { return make(rank + i * processes); },
        [&](std::size_t i, Made&& made)
        {
            Answered one = answer(rank + i * processes, std::move(made));
            if (share)
            {
                Write(one, writer);
            }
            else
            {
                use(i, std::move(one));
            }
        });
    if (!share)
    {
        return;
    }
    const std::vector<std::vector<float>> all = share->Gather(writer.Floats()); // nothing on other ranks than 0
    std::vector<ShareReader> readers(all.begin(), all.end());
    for (std::size_t i = 0; i < count && !readers.empty(); i++)
    {
        Answered one;
        Read(one, readers[i % processes]);
        use(i, std::move(one));
    }
}

} // namespace ns3::m3

#endif // M3_DEAL_WORK_H

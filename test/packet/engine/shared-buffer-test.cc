// SPDX-License-Identifier: GPL-2.0-only
// Accounts of a shared-buffer switch: reserve of 4096 B per ingress port, dynamic threshold (free pool) >> shift
// (Choudhury and Hahne 1998), headroom for what comes after a pause, resume 3072 B below the threshold.
#include "packet/engine/shared-buffer.h"
#include "packet/engine/standard-rules.h"
#include "packet/hpcc/hpcc-rules.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

namespace
{

IngressAccount AccountOf(uint64_t headroom, uint32_t shift)
{
    IngressAccount port;
    port.headroom = headroom;
    port.shift = shift;
    return port;
}

} // namespace

TEST(SharedBuffer, ThresholdIsAShareOfTheFreePool)
{
    StandardRules::Buffer buffer(80'000);
    IngressAccount port = AccountOf(0, 3);
    EXPECT_EQ(buffer.Threshold(port), 10'000U);
    buffer.Add(port, 4096); // the reserve is its own
    EXPECT_EQ(port.SharedBytes(), 0U);
    EXPECT_EQ(buffer.Threshold(port), 10'000U);
    buffer.Add(port, 8000);
    EXPECT_EQ(port.SharedBytes(), 8000U);
    EXPECT_EQ(buffer.Threshold(port), 9000U);
    EXPECT_EQ(buffer.Threshold(AccountOf(0, 0)), 72'000U);
    buffer.Remove(port, 1000);
    EXPECT_EQ(buffer.Threshold(port), 9125U);
}

TEST(SharedBuffer, APacketThatCrossesTheReserveCountsWhatIsBeyond)
{
    StandardRules::Buffer buffer(80'000);
    IngressAccount port = AccountOf(0, 0);
    buffer.Add(port, 4000);
    EXPECT_EQ(port.bytes, 4000U);
    buffer.Add(port, 1000);
    EXPECT_EQ(port.bytes, 5000U);
    EXPECT_EQ(port.SharedBytes(), 904U);
    EXPECT_EQ(buffer.Threshold(port), 80'000U - 904);
    buffer.Add(port, 1000); // all of it beyond
    EXPECT_EQ(buffer.Threshold(port), 80'000U - 1904);
    buffer.Remove(port, 1500);
    EXPECT_EQ(buffer.Threshold(port), 80'000U - 404);
    buffer.Remove(port, 1500); // 404 of the pool, the rest of the reserve
    EXPECT_EQ(port.bytes, 3000U);
    EXPECT_EQ(buffer.Threshold(port), 80'000U);
}

TEST(SharedBuffer, WhatIsBeyondTheThresholdGoesToTheHeadroomAndPauses)
{
    StandardRules::Buffer buffer(8000);
    IngressAccount port = AccountOf(2000, 1); // threshold 4000
    buffer.Add(port, 4096 + 2000);            // 2000 shared, threshold 3000
    EXPECT_FALSE(buffer.ShouldPause(port));
    buffer.Add(port, 1000); // 3000 shared: the threshold was 3000, which is not exceeded; now it is 2500
    EXPECT_EQ(port.SharedBytes(), 3000U);
    EXPECT_EQ(port.headroomBytes, 0U);
    EXPECT_TRUE(buffer.ShouldPause(port)) << "beyond the threshold, which has fallen";
    port.pauseSent = true;
    EXPECT_FALSE(buffer.ShouldPause(port)) << "once";
    buffer.Add(port, 1200); // 4200 > 2500
    EXPECT_EQ(port.headroomBytes, 1200U);
    EXPECT_EQ(port.SharedBytes(), 3000U);
    EXPECT_EQ(buffer.Threshold(port), 2500U) << "headroom is not of the pool";
    EXPECT_TRUE(buffer.Admits(port, 800)) << "fills the headroom";
    EXPECT_FALSE(buffer.Admits(port, 801));
    // headroom is emptied first
    buffer.Remove(port, 1000);
    EXPECT_EQ(port.headroomBytes, 200U);
    EXPECT_EQ(port.SharedBytes(), 3000U);
    buffer.Remove(port, 1000);
    EXPECT_EQ(port.headroomBytes, 0U);
    EXPECT_EQ(port.SharedBytes(), 2200U);
    EXPECT_EQ(buffer.Threshold(port), 2900U);
}

TEST(SharedBuffer, PausesAtTheThresholdItself)
{
    StandardRules::Buffer buffer(9000);
    IngressAccount port = AccountOf(0, 1);
    buffer.Add(port, 4096 + 2998); // threshold (9000 - 2998) / 2 = 3001
    EXPECT_FALSE(buffer.ShouldPause(port));
    buffer.Add(port, 2); // 3000 and 3000
    EXPECT_TRUE(buffer.ShouldPause(port));
    port.headroomBytes = 1;
    buffer.Remove(port, 1001); // 2000 and 3500
    EXPECT_FALSE(buffer.ShouldPause(port));
    port.headroomBytes = 1;
    EXPECT_TRUE(buffer.ShouldPause(port)) << "anything in the headroom";
}

TEST(SharedBuffer, ResumesWellBelowTheThreshold)
{
    StandardRules::Buffer buffer(20'000);
    IngressAccount port = AccountOf(3000, 1);
    buffer.Add(port, 4096 + 6000); // threshold 7000
    EXPECT_FALSE(buffer.ShouldResume(port)) << "not paused";
    port.pauseSent = true;
    // S + 3072 <= (20,000 - S) / 2 from S = 4618 down: 7690 <= 7691; at 4619 it is 7691 > 7690
    buffer.Remove(port, 6000 - 4619);
    EXPECT_FALSE(buffer.ShouldResume(port));
    buffer.Remove(port, 1);
    EXPECT_TRUE(buffer.ShouldResume(port));
    port.headroomBytes = 1;
    EXPECT_FALSE(buffer.ShouldResume(port)) << "headroom is not empty";
    buffer.Remove(port, 1);
    EXPECT_TRUE(buffer.ShouldResume(port));
}

TEST(SharedBuffer, ResumesAtTheOffsetItself)
{
    StandardRules::Buffer buffer(7072);
    IngressAccount port = AccountOf(0, 0);
    buffer.Add(port, 4096 + 2001);
    port.pauseSent = true;
    EXPECT_FALSE(buffer.ShouldResume(port)); // 2001 + 3072 > 7072 - 2001
    buffer.Remove(port, 1);
    EXPECT_TRUE(buffer.ShouldResume(port)); // 2000 + 3072 = 7072 - 2000
}

TEST(SharedBuffer, ResumesAnywayWhenNothingOfThePoolIsHeld)
{
    StandardRules::Buffer buffer(2000); // 3072 are never below its threshold
    IngressAccount port = AccountOf(0, 0);
    port.pauseSent = true;
    buffer.Add(port, 4097);
    EXPECT_FALSE(buffer.ShouldResume(port));
    buffer.Remove(port, 1);
    EXPECT_TRUE(buffer.ShouldResume(port));
}

TEST(SharedBuffer, AdmitsIntoReservePoolOrHeadroom)
{
    StandardRules::Buffer buffer(1000);
    IngressAccount port = AccountOf(500, 0);
    EXPECT_TRUE(buffer.Admits(port, 4096)) << "the reserve is always its own";
    buffer.Add(port, 4096);
    EXPECT_TRUE(buffer.Admits(port, 1000)) << "the pool";
    EXPECT_FALSE(buffer.Admits(port, 1001));
    buffer.Add(port, 600); // 400 left
    EXPECT_TRUE(buffer.Admits(port, 500)) << "the headroom";
    EXPECT_FALSE(buffer.Admits(port, 501));
    buffer.Add(port, 300);
    EXPECT_EQ(port.headroomBytes, 300U);
    EXPECT_TRUE(buffer.Admits(port, 200));
    EXPECT_FALSE(buffer.Admits(port, 201));
    // what a port has in reserve and pool counts against both
    IngressAccount other = AccountOf(0, 0);
    buffer.Add(other, 2000); // 400 of the pool are left
    EXPECT_TRUE(buffer.Admits(other, 2096));
    EXPECT_FALSE(buffer.Admits(other, 3000));
    buffer.Add(other, 2196); // 100 of the pool, of which 300 are left
    EXPECT_TRUE(buffer.Admits(other, 200));
    EXPECT_FALSE(buffer.Admits(other, 350));
}

TEST(SharedBuffer, AnAccountBeginsWithNothing)
{
    const IngressAccount account;
    EXPECT_EQ(account.bytes + account.headroomBytes + account.headroom + account.shift, 0U);
    EXPECT_FALSE(account.pauseSent);
    const StandardRules::Buffer buffer; // nor does a buffer have a pool, or wrap
    EXPECT_EQ(buffer.Threshold(account), 0U);
    EXPECT_TRUE(buffer.Admits(account, 4096));
}

TEST(SharedBuffer, PoolThatIsUsedUpHasNoThreshold)
{
    StandardRules::Buffer buffer(5000);
    IngressAccount one = AccountOf(0, 0);
    buffer.Add(one, 4096 + 5000);
    EXPECT_EQ(buffer.Threshold(one), 0U);
    IngressAccount other = AccountOf(0, 0);
    EXPECT_TRUE(buffer.Admits(other, 4096));
    EXPECT_FALSE(buffer.Admits(other, 4097));
}

TEST(SharedBuffer, OfThePublishedSimulatorWrapsAndAsksTheThresholdForTheReserve)
{
    HpccRules::Buffer wrapped(uint64_t{0} - 100);
    const IngressAccount port = AccountOf(0, 3);
    EXPECT_EQ(wrapped.Threshold(port), (uint64_t{1} << 29) - 13) << "(2^32 - 100) >> 3";
    EXPECT_EQ(StandardRules::Buffer(0).Threshold(port), 0U);
    HpccRules::Buffer used(80'000);
    IngressAccount user = AccountOf(0, 0);
    used.Add(user, 4096 + 8000);
    EXPECT_EQ(used.Threshold(port), 9000U);
    HpccRules::Buffer small(800);
    EXPECT_FALSE(small.Admits(port, 101)) << "although the reserve is free";
    EXPECT_TRUE(small.Admits(port, 100));
}

TEST(SharedBuffer, APacketPassesUnnoticedWhereItWouldLeaveNoTrace)
{
    StandardRules::Buffer buffer(1600);
    IngressAccount port = AccountOf(500, 1);
    EXPECT_TRUE(buffer.PassesUnnoticed(port, 800)); // threshold 800
    EXPECT_FALSE(buffer.PassesUnnoticed(port, 801)) << "in hpcc mode it might be dropped";
    port.bytes = 4096 - 700;
    EXPECT_TRUE(buffer.PassesUnnoticed(port, 700));
    EXPECT_FALSE(buffer.PassesUnnoticed(port, 701));
    port.bytes = 0;
    port.headroomBytes = 1;
    EXPECT_FALSE(buffer.PassesUnnoticed(port, 10));
    port.headroomBytes = 0;
    port.pauseSent = true;
    EXPECT_FALSE(buffer.PassesUnnoticed(port, 10));
}

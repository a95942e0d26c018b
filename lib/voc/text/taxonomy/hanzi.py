"""Traditional Chinese characters that customers of shops write, and the simplified ones that stand for the same word."""

from __future__ import annotations

# Pairs, traditional before simplified. Not a full table (that has thousands): what shopping, parcels, money, accounts,
# devices and complaints are written with. A character that is missing costs a keyword, nothing else.
_PAIRS = """
個个 單单 訂订 貨货 還还 沒没 錯错 電电 話话 請请 問问 謝谢 們们 為为 麼么 嗎吗 這这 裡里 裏里 時时 間间 開开 關关 門门 買买 賣卖 賬账
帳账 戶户 號号 碼码 錄录 註注 冊册 銷销 費费 錢钱 餘余 額额 價价 優优 惠惠 會会 員员 積积 點点 數数 據据 網网 頁页 鏈链 連连 線线 機机
手手 應应 用用 載载 裝装 設设 備备 說说 書书 圖图 視视 頻频 聲声 響响 亮亮 燈灯 燒烧 熱热 風风 壞坏 損损 爛烂 裂裂 殼壳 件件 質质 量量
換换 發发 運运 輸输 遞递 郵邮 寄寄 達达 遲迟 延延 誤误 慢慢 處处 理理 復复 覆复 回回 傳传 送送 櫃柜 點点 區区 鄉乡 縣县 國国 際际 東东
車车 倉仓 庫库 庫库 現现 缺缺 補补 齊齐 漏漏 無无 效效 過过 期期 結结 算算 購购 籃篮 從从 來来 對对 於于 後后 與与 並并 將将 讓让 給给
經经 紙纸 盒盒 裏里 讀读 寫写 學学 習习 認认 證证 驗验 訊讯 簡简 短短 語语 體体 務务 態态 度度 評评 論论 議议 諮咨 詢询 幫帮 助助 頭头
稅税 發发 票票 臺台 檔档 檢检 測测 試试 確确 樣样 顏颜 色色 類类 種种 標标 準准 選选 擇择 適适 配配 規规 則则 條条 協协 約约 續续 訂订
閱阅 閃闪 當当 卡卡 壓压 屏屏 鍵键 盤盘 觸触 滑滑 動动 靜静 輕轻 軟软 硬硬 鋼钢 鐵铁 銀银 銅铜 錶表 鐘钟 鏡镜 頂顶 側侧 邊边 層层 寬宽
長长 窄窄 圍围 滿满 濕湿 乾干 淨净 髒脏 臭臭 霧雾 煙烟 災灾 傷伤 險险 嚴严 驚惊 駭骇 詐诈 騙骗 盜盗 竊窃 偷偷 訴诉 訟讼 師师 媒媒
報报 導导 權权 賠赔 償偿 責责 絕绝 決决 斷断 離离 棄弃 虧亏 貴贵 賤贱 贈赠 禮礼 獎奖 勵励 參参 與与 團团 隊队 隨随 滅灭 爾尔 兒儿 歲岁
歡欢 樂乐 愛爱 憤愤 氣气 煩烦 惱恼 憂忧 慮虑 響响 級级 緊紧 終终 終终 絡络 維维 編编 織织 繳缴 總总 職职 聯联 聽听 腦脑 藍蓝 藥药 虛虚
補补 製制 製制 覺觉 觀观 訪访 許许 詳详 誰谁 課课 調调 談谈 講讲 識识 護护 變变 負负 財财 貼贴 賴赖 趕赶 趙赵 跡迹 軌轨 輪轮 轉转 辦办
遠远 邏逻 釋释 針针 鈕钮 鎖锁 開开 陸陆 險险 雙双 難难 靈灵 額额 顧顾 飛飞 驅驱 鬆松 黃黄 齣出 兩两 萬万 塊块 圓圆 貝贝 幣币 隻只 麵面
"""
SIMPLIFIED = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split() if pair[0] != pair[1]})
"""Table for ``str.translate``: one character for one, so that places in a text stay where they are."""

import pytest
from tests.bot.desk import Desk, GROUP, LABS, table, EVERYTHING, APPLICANT
from tests.bot.own import bind, own_desk
from tests.bot import desk as d, own
from db.unit import Database
Q="300400101"; Bb="300400103"
PROG=table("programmes","year code name aliases rounds scored plan_url",
 [2026,"G01","常规化学",["生化"],2,True,""],
 [2026,"X01","全血细胞计数",["血球","血常规"],2,True,"https://example.org/x01.pdf"],
 [2026,"N01","尿干化学",["尿干化"],2,True,""],
 [2026,"A02","糖化血红蛋白",["糖化"],2,True,""],
 [2026,"B01","感染性疾病血清学标志物A",["感染","感A"],2,True,""],
 [2026,"B02","感染性疾病血清学标志物B",["感染","感B"],2,True,""])
R=table("rounds","year n programme deadline sample_nos expected_on",
 [2026,1,"X01","2026-03-27T09:00:00Z","202611-202615","2026-03-21"],
 [2026,1,"G01","2026-03-27T09:00:00Z","202611-202615","2026-03-21"],
 [2026,1,"A02","2026-03-27T09:00:00Z","202611-202612","2026-03-21"])
S=table("submissions","year n programme lab_code reported",[2026,1,"X01","0340103",False],[2026,1,"G01","0340103",True])
async def show(desk,title,items,**more):
    print("\n#####",title)
    for it in items:
        said=await desk.say(it,**more)
        print("»",it,"→",said.replace("\n"," / ")[:170] or "(silence)")
EIGHT="成绩什么时候出来 成绩怎么查 证书什么时候发 上报怎么操作 上报错了怎么办".split()
TEN=["成绩 第1次和第2次","成绩 2026 第1次 第2次","没报名糖化能补吗","全报了","俺们血球合格没","血球过了没","成绩 今年 去年","这次血球不做了","上报 上次","截止 血球 已报了吗"]
NINE=["计划书 香蕉","计划书 血球 香蕉","项目 血糖","成绩 不合格","成绩 血球 2026年第1次 不合格的有哪些","成绩 2025 2026","成绩 血球 证书","证书 血球","项目 香蕉","截止 香蕉","上报 香蕉","计划书 怎么下载","成绩 什么时候出来","截止 什么时候","成绩单 下载", "项目 收费标准", "证书 打印","证书 盖章", "成绩 申诉", "上报 流程","报名 流程","上报 网址"]
G=["流程 9","帮助 香蕉"]
async def test_probe(db: Database):
    desk=await Desk(db).open(LABS)
    await bind(db,Bb,"0340103"); await bind(db,Q,"0340101")
    await show(desk,"8 unbound nodata",EIGHT)
    await show(desk,"8 group@",EIGHT,group=GROUP,to_me=True)
    await show(desk,"8 group no@",EIGHT,group=GROUP)
    await show(desk,"8 bound",EIGHT+["成绩 血球","计划书 香蕉","上报 血球", "成绩"],user=Bb)
    await desk.bring(PROG,R,S)
    for who in (Bb,"300400999"):
        await show(desk,"10 "+who,TEN,user=who)
        await show(desk,"19 "+who,NINE,user=who)
    await show(desk,"8 data bound",EIGHT,user=Bb)
    await show(desk,"25 @",G,group=GROUP,to_me=True)
    await show(desk,"25",G,group=GROUP)
    await show(desk,"25 priv",G)
